using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>ShuffleNet v2 (Ma 2018, "ShuffleNet V2: practical guidelines for efficient CNN architecture design", table 5), with torchvision's names.</summary>
public static class ShuffleNetV2
{
    private const int StemChannels = 24;
    private static readonly int[] Units = [4, 8, 4]; // units of each stage

    /// <summary>ShuffleNet v2 with width 0.5.</summary>
    public static ShuffleNetV2Options Half { get; } = new() { Architecture = "shufflenet_v2_x0_5", Channels = [48, 96, 192] };

    /// <summary>ShuffleNet v2 with width 1.</summary>
    public static ShuffleNetV2Options Single { get; } = new() { Architecture = "shufflenet_v2_x1_0", Channels = [116, 232, 464] };

    /// <summary>ShuffleNet v2 with width 1.5.</summary>
    public static ShuffleNetV2Options OneAndAHalf { get; } = new() { Architecture = "shufflenet_v2_x1_5", Channels = [176, 352, 704] };

    /// <summary>ShuffleNet v2 with width 2.</summary>
    public static ShuffleNetV2Options Double { get; } = new() { Architecture = "shufflenet_v2_x2_0", Channels = [244, 488, 976], LastChannels = 2048 };

    /// <summary>Builds the network described by the options.</summary>
    /// <exception cref="GraphException">The options are invalid, or the input is too small.</exception>
    public static NetworkDefinition Create(ShuffleNetV2Options options)
    {
        if (options.Channels.Count != Units.Length || options.Channels.Any(channels => channels < 2 || channels % 2 != 0))
        {
            GraphException.Throw(options.Architecture, $"expected an even number of channels for each of {Units.Length} stages, found [{options.Channels}]");
        }

        Value x = new GraphBuilder().Input(options.Input)
            .In("conv1", x => x.Conv3x3("0", StemChannels, stride: 2).BatchNorm("1").Relu("2"))
            .MaxPool("maxpool", 3, stride: 2, padding: 1);
        for (int stage = 0; stage < Units.Length; stage++)
        {
            int channels = options.Channels[stage];
            for (int i = 0; i < Units[stage]; i++)
            {
                bool halves = i == 0;
                x = x.In($"stage{stage + 2}.{i}", x => halves ? x.ShuffleDown(channels) : x.ShuffleUnit());
            }
        }

        x = x.In("conv5", x => x.Conv1x1("0", options.LastChannels).BatchNorm("1").Relu("2"))
            .GlobalAveragePool("avgpool").Flatten("flatten").Linear("fc", options.Classes);
        var initialization = new Initialization { Convolution = WeightInitialization.UniformFanIn };
        return new NetworkDefinition(x.Builder.Build(x), new ModelMetadata { Architecture = options.Architecture, Stages = Stages }) { Initialization = initialization };
    }

    private static ValueList<Stage> Stages =>
    [
        new("conv1", ["conv1"]),
        new("maxpool", ["maxpool"]),
        new("stage2", ["stage2"]),
        new("stage3", ["stage3"]),
        new("stage4", ["stage4"]),
        new("conv5", ["conv5"]),
        new("head", ["avgpool", "flatten", "fc"]),
    ];
}
