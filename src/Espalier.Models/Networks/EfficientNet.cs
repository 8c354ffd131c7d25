using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>
/// EfficientNet (Tan and Le 2019, "EfficientNet: rethinking model scaling for convolutional neural networks", table 1) and EfficientNet v2 (Tan and Le 2021,
/// "EfficientNetV2: smaller models and faster training", table 4), with torchvision's names. <see cref="EfficientNetTable"/> has the published networks.
/// </summary>
public static class EfficientNet
{
    /// <summary>Builds the network described by the options.</summary>
    /// <exception cref="GraphException">The options are invalid, or the input is too small.</exception>
    public static NetworkDefinition Create(EfficientNetOptions options)
    {
        Check(options);
        var stages = new List<Stage>();
        Value x = new GraphBuilder().Input(options.Input).In("features", x => Features(x, options, stages));
        x = x.GlobalAveragePool("avgpool").Flatten("flatten").In("classifier", x => x.Dropout("0", options.Dropout).Linear("1", options.Classes));
        stages.Add(new Stage("head", ["avgpool", "flatten", "classifier"]));
        var metadata = new ModelMetadata { Architecture = options.Architecture, Stages = ValueList.From(stages) };
        var initialization = new Initialization { Linear = WeightInitialization.UniformFanOut, LinearBias = BiasInitialization.Zero };
        return new NetworkDefinition(x.Builder.Build(x), metadata) { Initialization = initialization };
    }

    private static Value Features(Value x, EfficientNetOptions options, List<Stage> stages)
    {
        int blocks = options.Stages.Sum(stage => BlocksOf(stage, options));
        int block = 0;
        int layer = 0;
        stages.Add(new Stage("conv", ["features.0"]));
        x = x.ConvNormActivation($"{layer++}", Wide(options, options.StemChannels), 3, options.Norm, ValueOps.Silu, stride: 2);
        foreach (EfficientNetStage stage in options.Stages)
        {
            stages.Add(new Stage($"{(stage.Fused ? "fused " : "")}bottleneck {Wide(options, stage.Channels)}", [$"features.{layer}"]));
            for (int i = 0; i < BlocksOf(stage, options); i++)
            {
                EfficientNetStage row = i == 0 ? stage : stage with { Stride = 1 };
                double dropped = options.StochasticDepth * block++ / blocks;
                x = x.In($"{layer}.{i}", x => Block(x, row, options, dropped));
            }

            layer++;
        }

        stages.Add(new Stage("last conv", [$"features.{layer}"]));
        return x.ConvNormActivation($"{layer}", options.LastChannels ?? checked(4 * x.Channels), 1, options.Norm, ValueOps.Silu);
    }

    /// <summary>An inverted residual whose branch training drops for each sample with a probability that grows with the depth.</summary>
    private static Value Block(Value x, EfficientNetStage stage, EfficientNetOptions options, double dropped)
    {
        int channels = Wide(options, stage.Channels);
        Value branch = x.In("block", x => stage.Fused ? Fused(x, stage, channels, options.Norm) : Separate(x, stage, channels, options.Norm));
        return stage.Stride == 1 && x.Channels == channels ? branch.AddAtRandom(x, dropped) : branch;
    }

    /// <summary>MBConv: a 1x1 that expands, a depthwise convolution, squeeze and excitation, and a 1x1 that reduces (Tan 2019, §4).</summary>
    private static Value Separate(Value x, EfficientNetStage stage, int channels, Norm norm)
    {
        const int Reduction = 4; // of the block's input, not of the expanded channels
        int squeezed = Math.Max(1, x.Channels / Reduction);
        int inner = ChannelCount.ToMultiple(x.Channels * stage.Expansion, 8);
        int layer = 0;
        x = inner == x.Channels ? x : x.ConvNormActivation($"{layer++}", inner, 1, norm, ValueOps.Silu);
        x = x.ConvNormActivation($"{layer++}", inner, stage.Kernel, norm, ValueOps.Silu, stage.Stride, groups: inner);
        return x.SqueezeExcitation($"{layer++}", squeezed, ValueOps.Silu, ValueOps.Sigmoid).ConvNormActivation($"{layer}", channels, 1, norm, activation: null);
    }

    /// <summary>Fused-MBConv: one convolution instead of the 1x1 and the depthwise one (Tan 2021, figure 2).</summary>
    private static Value Fused(Value x, EfficientNetStage stage, int channels, Norm norm)
    {
        int inner = ChannelCount.ToMultiple(x.Channels * stage.Expansion, 8);
        return inner == x.Channels
            ? x.ConvNormActivation("0", channels, stage.Kernel, norm, ValueOps.Silu, stage.Stride)
            : x.ConvNormActivation("0", inner, stage.Kernel, norm, ValueOps.Silu, stage.Stride).ConvNormActivation("1", channels, 1, norm, activation: null);
    }

    private static int Wide(EfficientNetOptions options, int channels) => ChannelCount.ScaleByEights(options.Architecture, channels, options.Width);

    private static int BlocksOf(EfficientNetStage stage, EfficientNetOptions options) => (int)Math.Ceiling(stage.Blocks * options.Depth);

    private static void Check(EfficientNetOptions options)
    {
        const double Deepest = 100; // published multipliers are at most 3.1
        if (options.Stages.Count == 0 || options.Stages.Any(stage => stage.Blocks < 1 || stage.Kernel < 1 || stage.Expansion < 1))
        {
            GraphException.Throw(options.Architecture, "expected at least 1 stage, each with at least 1 block, an expansion of at least 1 and a kernel of at least 1x1");
        }

        if (!(options.Depth > 0 && options.Depth <= Deepest))
        {
            GraphException.Throw(options.Architecture, FormattableString.Invariant($"expected a depth above 0 and at most {Deepest}, found {options.Depth}"));
        }

        if (!(options.StochasticDepth is >= 0 and < 1))
        {
            GraphException.Throw(options.Architecture, FormattableString.Invariant($"expected a probability of stochastic depth from 0 up to but not including 1, found {options.StochasticDepth}"));
        }
    }
}
