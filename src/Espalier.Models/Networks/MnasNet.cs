using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>MNASNet-B1 (Tan 2019, "MnasNet: platform-aware neural architecture search for mobile"), with torchvision's names.</summary>
public static class MnasNet
{
    private const int StemChannels = 32;
    private const int FirstChannels = 16;
    private const int LastChannels = 1280; // not multiplied by the width

    private static readonly (int Expansion, int Channels, int Kernel, int Repeats, int Stride)[] Rows =
    [
        (3, 24, 3, 3, 2), (3, 40, 5, 3, 2), (6, 80, 5, 3, 2), (6, 96, 3, 2, 1), (6, 192, 5, 4, 2), (6, 320, 3, 1, 1),
    ];

    /// <summary>Builds the network described by the options.</summary>
    /// <exception cref="GraphException">The options are invalid, or the input is too small.</exception>
    public static NetworkDefinition Create(MnasNetOptions options)
    {
        var stages = new List<Stage>();
        Value x = new GraphBuilder().Input(options.Input).In("layers", x => Layers(x, options, stages));
        x = x.GlobalAveragePool("avgpool").Flatten("flatten").In("classifier", x => x.Dropout("0", options.Dropout).Linear("1", options.Classes));
        stages.Add(new Stage("head", ["avgpool", "flatten", "classifier"]));
        var metadata = new ModelMetadata { Architecture = options.Architecture, Stages = ValueList.From(stages) };
        var initialization = new Initialization { Linear = WeightInitialization.UniformFanOutUnscaled, LinearBias = BiasInitialization.Zero };
        return new NetworkDefinition(x.Builder.Build(x), metadata) { Initialization = initialization };
    }

    private static Value Layers(Value x, MnasNetOptions options, List<Stage> stages)
    {
        int Wide(int channels) => ChannelCount.ScaleByEights(options.Architecture, channels, options.Width);
        int Stem(int channels) => options.UnscaledStem ? channels : Wide(channels);
        x = x.Conv3x3("0", Stem(StemChannels), stride: 2).Normalize(options.Norm, "1").Relu("2");
        stages.Add(new Stage("conv", ["layers.0", "layers.1", "layers.2"]));
        x = x.Depthwise3x3("3").Normalize(options.Norm, "4").Relu("5").Conv1x1("6", Stem(FirstChannels)).Normalize(options.Norm, "7");
        stages.Add(new Stage("separable", ["layers.3", "layers.4", "layers.5", "layers.6", "layers.7"]));
        int layer = 8;
        foreach ((int expansion, int channels, int kernel, int repeats, int stride) in Rows)
        {
            stages.Add(new Stage($"bottleneck {channels}", [$"layers.{layer}"]));
            for (int i = 0; i < repeats; i++)
            {
                int step = i == 0 ? stride : 1;
                x = x.In($"{layer}.{i}", x => InvertedResidual(x, Wide(channels), kernel, step, expansion, options.Norm));
            }

            layer++;
        }

        stages.Add(new Stage("last conv", [$"layers.{layer}", $"layers.{layer + 1}", $"layers.{layer + 2}"]));
        return x.Conv1x1($"{layer}", LastChannels).Normalize(options.Norm, $"{layer + 1}").Relu($"{layer + 2}");
    }

    private static Value InvertedResidual(Value x, int channels, int kernel, int stride, int expansion, Norm norm)
    {
        int inner = checked(x.Channels * expansion);
        Value branch = x.In("layers", x => x
            .Conv1x1("0", inner).Normalize(norm, "1").Relu("2")
            .Conv2d("3", inner, kernel, stride, padding: kernel / 2, groups: inner).Normalize(norm, "4").Relu("5")
            .Conv1x1("6", channels).Normalize(norm, "7"));
        return stride == 1 && x.Channels == channels ? branch.Add("add", x) : branch;
    }
}

/// <summary>Options of an MNASNet.</summary>
public readonly record struct MnasNetOptions()
{
    private const double TensorFlowMomentum = 0.9997; // of the old value; PyTorch's is that of the new one

    /// <summary>The architecture's name, such as <c>mnasnet1_0</c>.</summary>
    public string Architecture { get; init; } = "mnasnet";

    /// <summary>The width multiplier, by which the number of channels of every layer but the last is multiplied; the products are rounded to multiples of 8.</summary>
    public double Width { get; init; } = 1;

    /// <summary>Whether the width multiplies the channels of the first three convolutions not at all: torchvision's networks of version 1, whose checkpoints have 32 channels in <c>layers.0</c>.</summary>
    public bool UnscaledStem { get; init; }

    /// <summary>The norm of every layer.</summary>
    public Norm Norm { get; init; } = Norms.BatchOf(momentum: 1 - TensorFlowMomentum);

    /// <summary>Dropout probability before the classifier during training.</summary>
    public double Dropout { get; init; } = 0.2;

    /// <summary>Number of classes.</summary>
    public int Classes { get; init; } = 1000;

    /// <summary>Channels and size of the input image.</summary>
    public FeatureMap Input { get; init; } = new(3, 224, 224);
}
