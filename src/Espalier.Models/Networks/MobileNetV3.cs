using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>MobileNet v3 (Howard 2019, "Searching for MobileNetV3", tables 1 and 2), with torchvision's names.</summary>
public static class MobileNetV3
{
    private const int StemChannels = 16;

    /// <summary>MobileNet v3 large.</summary>
    public static MobileNetV3Options Large { get; } = new()
    {
        Architecture = "mobilenet_v3_large",
        Rows =
        [
            new(3, 16, 16, false, false, 1), new(3, 64, 24, false, false, 2), new(3, 72, 24, false, false, 1),
            new(5, 72, 40, true, false, 2), new(5, 120, 40, true, false, 1), new(5, 120, 40, true, false, 1),
            new(3, 240, 80, false, true, 2), new(3, 200, 80, false, true, 1), new(3, 184, 80, false, true, 1), new(3, 184, 80, false, true, 1),
            new(3, 480, 112, true, true, 1), new(3, 672, 112, true, true, 1),
            new(5, 672, 160, true, true, 2), new(5, 960, 160, true, true, 1), new(5, 960, 160, true, true, 1),
        ],
        LastChannels = 1280,
    };

    /// <summary>MobileNet v3 small.</summary>
    public static MobileNetV3Options Small { get; } = new()
    {
        Architecture = "mobilenet_v3_small",
        Rows =
        [
            new(3, 16, 16, true, false, 2), new(3, 72, 24, false, false, 2), new(3, 88, 24, false, false, 1),
            new(5, 96, 40, true, true, 2), new(5, 240, 40, true, true, 1), new(5, 240, 40, true, true, 1), new(5, 120, 48, true, true, 1), new(5, 144, 48, true, true, 1),
            new(5, 288, 96, true, true, 2), new(5, 576, 96, true, true, 1), new(5, 576, 96, true, true, 1),
        ],
        LastChannels = 1024,
    };

    /// <summary>Builds the network described by the options.</summary>
    /// <exception cref="GraphException">The options are invalid, or the input is too small.</exception>
    public static NetworkDefinition Create(MobileNetV3Options options)
    {
        if (options.Rows.Count == 0)
        {
            GraphException.Throw(options.Architecture, "expected at least 1 block, found none");
        }

        var stages = new List<Stage>();
        int last = ChannelCount.ScaleByEights(options.Architecture, options.LastChannels, options.Width);
        Value x = new GraphBuilder().Input(options.Input).In("features", x => Features(x, options, stages));
        x = x.GlobalAveragePool("avgpool").Flatten("flatten")
            .In("classifier", x => x.Linear("0", last).HardSwish("1").Dropout("2", options.Dropout).Linear("3", options.Classes));
        stages.Add(new Stage("head", ["avgpool", "flatten", "classifier"]));
        var metadata = new ModelMetadata { Architecture = options.Architecture, Stages = ValueList.From(stages) };
        var initialization = new Initialization { Linear = WeightInitialization.NormalHundredth, LinearBias = BiasInitialization.Zero };
        return new NetworkDefinition(x.Builder.Build(x), metadata) { Initialization = initialization };
    }

    private static Value Features(Value x, MobileNetV3Options options, List<Stage> stages)
    {
        const int Expansion = 6; // of the last convolution
        int layer = 0;
        stages.Add(new Stage("conv", ["features.0"]));
        x = x.ConvNormActivation($"{layer++}", Wide(options, StemChannels), 3, options.Norm, ValueOps.HardSwish, stride: 2);
        foreach (MobileNetV3Row row in options.Rows)
        {
            stages.Add(new Stage($"bottleneck{layer} {row.Channels}", [$"features.{layer}"]));
            x = x.In($"{layer++}", x => InvertedResidual(x, row, options));
        }

        stages.Add(new Stage("last conv", [$"features.{layer}"]));
        return x.ConvNormActivation($"{layer}", checked(Expansion * x.Channels), 1, options.Norm, ValueOps.HardSwish);
    }

    private static int Wide(MobileNetV3Options options, int channels) => ChannelCount.ScaleByEights(options.Architecture, channels, options.Width);

    /// <summary>An inverted residual with squeeze and excitation after the depthwise convolution, whose factors come from a hard sigmoid (§5.3).</summary>
    private static Value InvertedResidual(Value x, MobileNetV3Row row, MobileNetV3Options options)
    {
        const int Reduction = 4;
        int inner = Wide(options, row.Expanded);
        int channels = Wide(options, row.Channels);
        Func<Value, string, Value> activation = row.HardSwish ? ValueOps.HardSwish : ValueOps.Relu;
        Value branch = x.In("block", x =>
        {
            int layer = 0;
            x = inner == x.Channels ? x : x.ConvNormActivation($"{layer++}", inner, 1, options.Norm, activation);
            x = x.ConvNormActivation($"{layer++}", inner, row.Kernel, options.Norm, activation, row.Stride, groups: inner);
            x = row.SqueezeExcitation ? x.SqueezeExcitation($"{layer++}", ChannelCount.ToMultiple(inner / Reduction, 8), ValueOps.Relu, ValueOps.HardSigmoid) : x;
            return x.ConvNormActivation($"{layer}", channels, 1, options.Norm, activation: null);
        });
        return row.Stride == 1 && x.Channels == channels ? branch.Add("add", x) : branch;
    }
}

/// <summary>Options of a MobileNet v3. <see cref="MobileNetV3"/> has the options of the published networks.</summary>
public readonly record struct MobileNetV3Options()
{
    /// <summary>The architecture's name, such as <c>mobilenet_v3_large</c>.</summary>
    public string Architecture { get; init; } = "mobilenet_v3";

    /// <summary>The blocks.</summary>
    public ValueList<MobileNetV3Row> Rows { get; init; } = [];

    /// <summary>Features of the hidden linear layer, before they are multiplied by the width.</summary>
    public int LastChannels { get; init; } = 1280;

    /// <summary>The width multiplier, by which the number of channels of every layer is multiplied; the products are rounded to multiples of 8.</summary>
    public double Width { get; init; } = 1;

    /// <summary>The norm of every layer; batch norm with an epsilon of 0.001 and a momentum of 0.01 by default.</summary>
    public Norm Norm { get; init; } = Norms.BatchOf(epsilon: 0.001, momentum: 0.01);

    /// <summary>Dropout probability before the classifier during training.</summary>
    public double Dropout { get; init; } = 0.2;

    /// <summary>Number of classes.</summary>
    public int Classes { get; init; } = 1000;

    /// <summary>Channels and size of the input image.</summary>
    public FeatureMap Input { get; init; } = new(3, 224, 224);
}

/// <summary>One block of a MobileNet v3: a row of tables 1 and 2.</summary>
/// <param name="Kernel">Kernel size of the depthwise convolution.</param>
/// <param name="Expanded">Channels of the depthwise convolution.</param>
/// <param name="Channels">Output channels.</param>
/// <param name="SqueezeExcitation">Whether the block has squeeze and excitation.</param>
/// <param name="HardSwish">Whether its activation is hard-swish, and not ReLU.</param>
/// <param name="Stride">Stride of the depthwise convolution.</param>
public readonly record struct MobileNetV3Row(int Kernel, int Expanded, int Channels, bool SqueezeExcitation, bool HardSwish, int Stride);
