using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>RepVGG (Ding 2021, "RepVGG: making VGG-style ConvNets great again", tables 2 and 3). When its blocks are folded it consists only of 3x3 convolutions and ReLUs.</summary>
public static class RepVgg
{
    private static readonly ValueList<int> StageChannels = [64, 128, 256, 512];
    private static readonly ValueList<int> BlocksOfA = [2, 4, 14, 1];
    private static readonly ValueList<int> BlocksOfB = [4, 6, 16, 1];

    /// <summary>The published networks, smallest first, with their training-time branches.</summary>
    public static ValueList<RepVggOptions> Published { get; } =
    [
        Of("a0", BlocksOfA, 0.75, 2.5),
        Of("a1", BlocksOfA, 1, 2.5),
        Of("a2", BlocksOfA, 1.5, 2.75),
        Of("b0", BlocksOfB, 1, 2.5),
        Of("b1", BlocksOfB, 2, 4),
        Of("b1g2", BlocksOfB, 2, 4, groups: 2),
        Of("b1g4", BlocksOfB, 2, 4, groups: 4),
        Of("b2", BlocksOfB, 2.5, 5),
        Of("b2g2", BlocksOfB, 2.5, 5, groups: 2),
        Of("b2g4", BlocksOfB, 2.5, 5, groups: 4),
        Of("b3", BlocksOfB, 3, 5),
        Of("b3g2", BlocksOfB, 3, 5, groups: 2),
        Of("b3g4", BlocksOfB, 3, 5, groups: 4),
    ];

    /// <summary>Builds the network described by the options, with the authors' names: <c>stage0</c>, <c>stage1.0</c> …, <c>linear</c>.</summary>
    /// <exception cref="GraphException">The options are invalid, or the input is too small.</exception>
    public static NetworkDefinition Create(RepVggOptions options)
    {
        if (options.Blocks.Count != StageChannels.Count || options.Widths.Count != StageChannels.Count || options.Blocks.Any(count => count < 1))
        {
            GraphException.Throw(options.Architecture, $"expected {StageChannels.Count} stages of at least 1 block, found [{options.Blocks}] with widths [{options.Widths}]");
        }

        int first = ChannelCount.Truncate(options.Architecture, StageChannels[0], Math.Min(1, options.Widths[0])); // the paper, §3.4: at most 64
        int layer = 0;
        Value x = new GraphBuilder().Input(options.Input).In("stage0", x => Block(x, options, first, 2, layer++));
        for (int stage = 0; stage < StageChannels.Count; stage++)
        {
            int channels = ChannelCount.Truncate(options.Architecture, StageChannels[stage], options.Widths[stage]);
            for (int i = 0; i < options.Blocks[stage]; i++)
            {
                int stride = i == 0 ? 2 : 1;
                x = x.In($"stage{stage + 1}.{i}", x => Block(x, options, channels, stride, layer++));
            }
        }

        x = x.GlobalAveragePool("gap").Flatten("flatten").Linear("linear", options.Classes);
        return new NetworkDefinition(x.Builder.Build(x), new ModelMetadata { Architecture = options.Architecture, Stages = Stages })
        {
            Initialization = BranchedNetworks.Initialization,
        };
    }

    private static ValueList<Stage> Stages { get; } =
        ValueList.From<Stage>([.. Enumerable.Range(0, StageChannels.Count + 1).Select(i => new Stage($"stage{i}", [$"stage{i}"])), new("head", ["gap", "flatten", "linear"])]);

    private static Value Block(Value x, RepVggOptions options, int channels, int stride, int layer)
    {
        bool grouped = layer > 0 && layer % 2 == 0; // §3.4: the third, fifth, seventh … layer
        var convolution = new MultiBranchOptions(channels) { Stride = stride, Groups = grouped ? options.Groups : 1 };
        x = options.Deployed ? x.Deployed("rbr_reparam", convolution) : x.RepVggBranches(convolution);
        return (options.SqueezeExcitation ? x.SqueezeExcitation("se") : x).Relu("nonlinearity");
    }

    private static RepVggOptions Of(string name, ValueList<int> blocks, double width, double lastWidth, int groups = 1) =>
        new() { Architecture = $"repvgg_{name}", Blocks = blocks, Widths = [width, width, width, lastWidth], Groups = groups };
}
