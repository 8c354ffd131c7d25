using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Models.Tests;

/// <summary>Every combination of options, on small networks of sizes drawn from a seed.</summary>
public sealed class ResNetCombinationTests
{
    private static readonly bool[] Both = [false, true];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Every_combination_of_options_builds_or_is_refused_as_documented(ulong seed)
    {
        var random = new CounterRandom(seed);
        ulong index = 0;
        foreach (ResNetOptions options in Combinations())
        {
            int Draw(int low, int high) => low + (int)random.Below(index++, high - low + 1);
            ResNetOptions drawn = options with
            {
                Blocks = [Draw(1, 3), Draw(1, 2), Draw(1, 2)],
                Classes = Draw(1, 20),
                Input = new(Draw(1, 4), Draw(33, 70), Draw(33, 70)),
            };
            Check(drawn, $"seed {seed}: {drawn}");
        }
    }

    private static void Check(ResNetOptions options, string description)
    {
        bool forBottlenecksOnly = options.Groups > 1 || options.WidthPerGroup != 64 || options.DilateInsteadOfStride.Contains(true);
        if (options.Block == ResidualBlock.Basic && forBottlenecksOnly)
        {
            // A dilation begins with the second block of its stage: a stage of one block, followed by none, has no layer to dilate.
            Exception? error = Record.Exception(() => ResNet.Create(options));
            Assert.True(error is GraphException || IsUndilated(options), description);
            return;
        }

        NetworkDefinition definition = ResNet.Create(options);
        Graph graph = definition.Graph;
        Assert.True(graph.ShapeOf(graph.Outputs[0]) == Shape.Of(options.Classes), description);
        int blocks = options.Blocks.Sum();
        Assert.True(graph.Nodes.Count(node => node.Op is Add) == (options.Shortcut == Shortcut.None ? 0 : blocks), description);
        Assert.True(definition.Summarize().Depth == (blocks * (options.Block == ResidualBlock.Basic ? 2 : 3)) + (options.Stem is ResNetStem.Deep or ResNetStem.DeepTiered ? 4 : 2), description);
    }

    private static bool IsUndilated(ResNetOptions options) =>
        options.Groups == 1 && options.WidthPerGroup == 64 && !options.DilateInsteadOfStride[0] && options.Blocks[2] == 1;

    private static IEnumerable<ResNetOptions> Combinations() =>
        from block in Enum.GetValues<ResidualBlock>()
        from shortcut in Enum.GetValues<Shortcut>()
        from stride in Enum.GetValues<StridePlacement>()
        from stem in Enum.GetValues<ResNetStem>()
        from preActivation in Both
        from zero in Both
        from norm in new[] { Norms.Batch, Norms.Group(4) }
        from groups in new[] { (Groups: 1, Width: 64), (Groups: 1, Width: 128), (Groups: 4, Width: 16) }
        from dilation in new ValueList<bool>[] { [], [false, true], [true, true] }
        select new ResNetOptions
        {
            Block = block,
            Shortcut = shortcut,
            StrideIn = stride,
            Stem = stem,
            PreActivation = preActivation,
            ZeroInitResidual = zero,
            Norm = norm,
            Groups = groups.Groups,
            WidthPerGroup = groups.Width,
            DilateInsteadOfStride = dilation,
            Width = stem is ResNetStem.Deep or ResNetStem.DeepTiered ? 32 : 16,
        };
}
