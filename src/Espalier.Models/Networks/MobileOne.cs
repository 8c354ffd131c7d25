using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>MobileOne (Vasu 2023, "MobileOne: an improved one millisecond mobile backbone", tables 2 and 3): depthwise-separable convolutions, each trained as several branches.</summary>
public static class MobileOne
{
    private static readonly ValueList<int> StageChannels = [64, 128, 256, 512];
    private static readonly ValueList<int> StagePairs = [2, 8, 10, 1]; // pairs of a depthwise 3x3 and a 1x1 convolution

    /// <summary>The published networks, smallest first, with their training-time branches.</summary>
    public static ValueList<MobileOneOptions> Published { get; } =
    [
        new() { Architecture = "mobileone_s0", Widths = [0.75, 1, 1, 2], Copies = 4 },
        new() { Architecture = "mobileone_s1", Widths = [1.5, 1.5, 2, 2.5] },
        new() { Architecture = "mobileone_s2", Widths = [1.5, 2, 2.5, 4] },
        new() { Architecture = "mobileone_s3", Widths = [2, 2.5, 3, 4] },
        new() { Architecture = "mobileone_s4", Widths = [3, 3.5, 3.5, 4], SqueezeExcitation = true },
    ];

    /// <summary>Builds the network described by the options, with the authors' names: <c>stage0</c>, <c>stage1.0</c> …, <c>linear</c>.</summary>
    /// <exception cref="GraphException">The options are invalid, or the input is too small.</exception>
    public static NetworkDefinition Create(MobileOneOptions options)
    {
        if (options.Widths.Count != StageChannels.Count || options.Copies < 1)
        {
            GraphException.Throw(options.Architecture, $"expected {StageChannels.Count} widths and at least 1 copy, found [{options.Widths}] and {options.Copies}");
        }

        int first = ChannelCount.Truncate(options.Architecture, StageChannels[0], Math.Min(1, options.Widths[0]));
        Value x = new GraphBuilder().Input(options.Input).In("stage0", x => Block(x, options with { Copies = 1 }, new(first) { Stride = 2 }, weighed: false)); // the authors' code leaves the first block at one kxk branch
        for (int stage = 0; stage < StageChannels.Count; stage++)
        {
            int number = stage;
            x = x.In($"stage{stage + 1}", x => Pairs(x, options, number));
        }

        x = x.GlobalAveragePool("gap").Flatten("flatten").Linear("linear", options.Classes);
        return new NetworkDefinition(x.Builder.Build(x), new ModelMetadata { Architecture = options.Architecture, Stages = Stages })
        {
            Initialization = BranchedNetworks.Initialization,
        };
    }

    private static ValueList<Stage> Stages { get; } =
        ValueList.From<Stage>([.. Enumerable.Range(0, StageChannels.Count + 1).Select(i => new Stage($"stage{i}", [$"stage{i}"])), new("head", ["gap", "flatten", "linear"])]);

    private static Value Pairs(Value x, MobileOneOptions options, int stage)
    {
        int channels = ChannelCount.Truncate(options.Architecture, StageChannels[stage], options.Widths[stage]);
        int pairs = StagePairs[stage];
        int firstWeighed = stage switch { 2 => pairs / 2, 3 => 0, _ => pairs }; // first block of the stage with squeeze and excitation
        for (int i = 0; i < pairs; i++)
        {
            int stride = i == 0 ? 2 : 1;
            bool weighed = options.SqueezeExcitation && i >= firstWeighed;
            x = x.In($"{2 * i}", x => Block(x, options, new(x.Channels) { Stride = stride, Groups = x.Channels }, weighed));
            x = x.In($"{(2 * i) + 1}", x => Block(x, options, new(channels) { Kernel = 1 }, weighed));
        }

        return x;
    }

    private static Value Block(Value x, MobileOneOptions options, MultiBranchOptions convolution, bool weighed)
    {
        x = options.Deployed ? x.Deployed("reparam_conv", convolution) : x.MobileOneBranches(convolution, options.Copies);
        return (weighed ? x.SqueezeExcitation("se") : x).Relu("activation");
    }
}
