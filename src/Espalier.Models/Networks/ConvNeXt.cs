using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>
/// ConvNeXt (Liu 2022, "A ConvNet for the 2020s", §3), with torchvision's names. What torchvision computes by linear layers on maps with the channels last are 1x1 convolutions
/// here; their weights load all the same.
/// </summary>
public static class ConvNeXt
{
    private const double Epsilon = 1e-6; // of every layer norm
    private const double FirstScale = 1e-6; // of every branch (appendix A.1)

    /// <summary>ConvNeXt-T: stages of 3, 3, 9 and 3 blocks with 96 to 768 channels.</summary>
    public static ConvNeXtOptions Tiny { get; } = new() { Architecture = "convnext_tiny", Blocks = [3, 3, 9, 3], Channels = [96, 192, 384, 768], StochasticDepth = 0.1 };

    /// <summary>ConvNeXt-S: as ConvNeXt-T, with 27 blocks in the third stage.</summary>
    public static ConvNeXtOptions Small { get; } = new() { Architecture = "convnext_small", Blocks = [3, 3, 27, 3], Channels = [96, 192, 384, 768], StochasticDepth = 0.4 };

    /// <summary>ConvNeXt-B: as ConvNeXt-S, with 128 to 1024 channels.</summary>
    public static ConvNeXtOptions Base { get; } = new() { Architecture = "convnext_base", Blocks = [3, 3, 27, 3], Channels = [128, 256, 512, 1024], StochasticDepth = 0.5 };

    /// <summary>ConvNeXt-L: as ConvNeXt-S, with 192 to 1536 channels.</summary>
    public static ConvNeXtOptions Large { get; } = new() { Architecture = "convnext_large", Blocks = [3, 3, 27, 3], Channels = [192, 384, 768, 1536], StochasticDepth = 0.5 };

    /// <summary>Builds the network described by the options.</summary>
    /// <exception cref="GraphException">The options are invalid, or the input is smaller than 32x32.</exception>
    public static NetworkDefinition Create(ConvNeXtOptions options)
    {
        Check(options);
        var scales = new List<NormWeight>();
        Value x = new GraphBuilder().Input(options.Input).In("features", x => Features(x, options, scales));
        x = x.GlobalAveragePool("avgpool").In("classifier", x => x.LayerNorm("0", Epsilon).Flatten("1").Linear("2", options.Classes));
        var initialization = new Initialization
        {
            Convolution = WeightInitialization.NormalFiftieth,
            Linear = WeightInitialization.NormalFiftieth,
            LinearBias = BiasInitialization.Zero,
            NormWeights = ValueList.From(scales),
        };
        return new NetworkDefinition(x.Builder.Build(x), new ModelMetadata { Architecture = options.Architecture, Stages = Stages(options.Blocks.Count) }) { Initialization = initialization };
    }

    private static Value Features(Value x, ConvNeXtOptions options, List<NormWeight> scales)
    {
        int blocks = options.Blocks.Sum();
        int block = 0;
        x = x.In("0", x => x.Conv2d("0", options.Channels[0], 4, stride: 4, bias: true).LayerNorm("1", Epsilon));
        for (int stage = 0; stage < options.Blocks.Count; stage++)
        {
            if (stage > 0)
            {
                int channels = options.Channels[stage];
                x = x.In($"{2 * stage}", x => x.LayerNorm("0", Epsilon).Conv2d("1", channels, 2, stride: 2, bias: true));
            }

            for (int i = 0; i < options.Blocks[stage]; i++)
            {
                double dropped = blocks == 1 ? 0 : options.StochasticDepth * block / (blocks - 1);
                x = x.In($"{(2 * stage) + 1}.{i}", x => Block(x, dropped, scales));
                block++;
            }
        }

        return x;
    }

    /// <summary>A depthwise 7x7, layer norm, a 1x1 that expands four times, GELU, a 1x1 that reduces, a factor for each channel, and the shortcut (figure 4).</summary>
    private static Value Block(Value x, double dropped, List<NormWeight> scales)
    {
        const int Expansion = 4;
        Value branch = x.In("block", x => x
            .Conv2d("0", x.Channels, 7, padding: 3, groups: x.Channels, bias: true).LayerNorm("2", Epsilon)
            .Conv2d("3", checked(Expansion * x.Channels), 1, bias: true).Gelu("4")
            .Conv2d("5", x.Channels, 1, bias: true));
        branch = branch.Affine("scale", bias: false, weight: "layer_scale");
        scales.Add(new NormWeight(branch.Name, FirstScale));
        return branch.AddAtRandom(x, dropped);
    }

    private static void Check(ConvNeXtOptions options)
    {
        if (options.Blocks.Count == 0 || options.Blocks.Count != options.Channels.Count || options.Blocks.Any(blocks => blocks < 1))
        {
            GraphException.Throw(options.Architecture, $"expected at least 1 stage of at least 1 block, and channels for each, found [{options.Blocks}] blocks and [{options.Channels}] channels");
        }

        if (!(options.StochasticDepth is >= 0 and < 1))
        {
            GraphException.Throw(options.Architecture, FormattableString.Invariant($"expected a probability of stochastic depth from 0 up to but not including 1, found {options.StochasticDepth}"));
        }
    }

    private static ValueList<Stage> Stages(int stages) => ValueList.From<Stage>(
    [
        new("stem", ["features.0"]),
        .. Enumerable.Range(1, stages).Select(i => new Stage($"res{i + 1}", i == 1 ? ["features.1"] : [$"features.{(2 * i) - 2}", $"features.{(2 * i) - 1}"])),
        new("head", ["avgpool", "classifier"]),
    ]);
}

/// <summary>Options of a ConvNeXt. <see cref="ConvNeXt"/> has the options of the published networks.</summary>
public readonly record struct ConvNeXtOptions()
{
    /// <summary>The architecture's name, such as <c>convnext_tiny</c>.</summary>
    public string Architecture { get; init; } = "convnext";

    /// <summary>Number of blocks of each stage.</summary>
    public ValueList<int> Blocks { get; init; } = [3, 3, 9, 3];

    /// <summary>Channels of each stage.</summary>
    public ValueList<int> Channels { get; init; } = [96, 192, 384, 768];

    /// <summary>
    /// Stochastic depth during training: block i of n (counted from 0) is dropped for a sample with this probability times i/(n − 1); survivors are divided by their
    /// probability (torchvision's mode <c>row</c>).
    /// </summary>
    public double StochasticDepth { get; init; }

    /// <summary>Number of classes.</summary>
    public int Classes { get; init; } = 1000;

    /// <summary>Channels and size of the input image.</summary>
    public FeatureMap Input { get; init; } = new(3, 224, 224);
}
