using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Defines, for each op, which channels must be removed together.</summary>
internal static class ChannelCoupling
{
    internal static ChannelSets Of(Graph graph, GroupedChannels grouped)
    {
        var sets = new ChannelSets(graph);
        foreach (Node node in graph.Nodes)
        {
            Couple(sets, graph, node, grouped);
            CoupleParameters(sets, node);
        }

        foreach (string output in graph.Outputs)
        {
            sets.Fix(sets.Result(output), $"'{output}' is an output");
        }

        return sets;
    }

    /// <summary>Whether a grouped convolution loses whole groups.</summary>
    internal static bool LosesGroups(Conv2d op, GroupedChannels grouped)
    {
        int widest = Math.Max(op.InChannels, op.OutChannels) / op.Groups;
        return op.Groups > 1 && (op.InChannels == op.Groups || grouped switch
        {
            GroupedChannels.WholeGroups => true,
            GroupedChannels.EvenlyPerGroup => false,
            GroupedChannels.Automatic => op.Groups >= widest,
        });
    }

    private static void Couple(ChannelSets sets, Graph graph, Node node, GroupedChannels grouped)
    {
        ChannelSpace result = sets.Result(node.Name);
        Action couple = node.Op.Type switch
        {
            OpType.Input => () => sets.Fix(result, $"'{node.Name}' is the input"),
            OpType.Softmax or OpType.LayerNorm => () => OverAllChannels(sets, node, "over all of its channels"),
            OpType.LocalResponseNorm => () => OverAllChannels(sets, node, "each channel by its neighbours"),
            OpType.Conv2d => () => Convolution(sets, node, (Conv2d)node.Op, grouped),
            OpType.ChannelConv1d => () => Sequence(sets, node),
            OpType.Linear => () => sets.Join(sets.Axis(node.Parameter("weight"), 1), sets.Result(node.Inputs[0])),
            OpType.RadixSoftmax => () => AcrossGroups(sets, node, (RadixSoftmax)node.Op),
            OpType.GroupNorm => () => GroupNormalization(sets, node, (GroupNorm)node.Op),
            OpType.ChannelShuffle => () => Shuffle(sets, node, (ChannelShuffle)node.Op),
            OpType.Concat => () => Concatenation(sets, node),
            OpType.ChannelSlice => () => sets.Join(result, sets.Result(node.Inputs[0]), rightStart: ((ChannelSlice)node.Op).Start),
            OpType.PadChannels => () => sets.Join(sets.Result(node.Inputs[0]), result, rightStart: ((PadChannels)node.Op).Before),
            OpType.Flatten => () => Flattening(sets, node, graph),
            OpType.Quantize => () => Rounding(sets, node),
            OpType.PRelu => () => Slopes(sets, node, (PRelu)node.Op),
            OpType.BatchNorm or OpType.Affine or OpType.Pad or OpType.Add or OpType.Multiply or OpType.StochasticDepth or OpType.Dropout or OpType.Activation
                or OpType.MaxPool or OpType.AveragePool or OpType.AdaptiveAveragePool or OpType.AdaptiveMaxPool or OpType.BlurPool => () => JoinInputs(sets, node),
        };
        couple();
    }

    // Without one channel, the results of the others would change. (A group norm loses whole groups, and these ops have only one.)
    private static void OverAllChannels(ChannelSets sets, Node node, string what)
    {
        JoinInputs(sets, node);
        sets.Fix(sets.Result(node.Name), $"'{node.Name}' normalizes {what}");
    }

    // Without a channel, those beside it would become neighbours.
    private static void Sequence(ChannelSets sets, Node node)
    {
        JoinInputs(sets, node);
        string reason = $"'{node.Name}' computes each channel from its neighbours";
        sets.Fix(sets.Result(node.Name), reason);
        sets.Fix(sets.Axis(node.Parameter("weight"), 0), reason);
        sets.Fix(sets.Axis(node.Parameter("weight"), 1), reason);
    }

    private static void Slopes(ChannelSets sets, Node node, PRelu op)
    {
        JoinInputs(sets, node);
        if (op.Slopes != sets.Result(node.Name).Count)
        {
            sets.Fix(sets.Axis(node.Parameter("weight"), 0), $"'{node.Name}' has one slope for all channels");
        }
    }

    private static void Rounding(ChannelSets sets, Node node)
    {
        JoinInputs(sets, node);
        foreach (string parameter in node.Parameters)
        {
            sets.Fix(sets.Axis(parameter, 0), $"'{node.Name}' has one scale for all channels");
        }
    }

    private static void AcrossGroups(ChannelSets sets, Node node, RadixSoftmax op)
    {
        JoinInputs(sets, node);
        SamePlaces(sets, sets.Result(node.Name), op.Radix); // each is normalized over its place in all groups
    }

    private static void GroupNormalization(ChannelSets sets, Node node, GroupNorm op)
    {
        JoinInputs(sets, node);
        WholeGroups(sets, sets.Result(node.Name), op.Groups); // its statistics are computed over all channels of a group
    }

    /// <summary>Couples the first axis of every parameter that has an element for each output channel of the node with these channels.</summary>
    private static void CoupleParameters(ChannelSets sets, Node node)
    {
        ValueList<ParameterSpec> specs = node.Op.Parameters;
        for (int i = 0; i < specs.Count; i++)
        {
            if (specs[i].Shape.Rank > 0 && specs[i].Shape[0] == sets.Result(node.Name).Count)
            {
                sets.Join(sets.Axis(node.Parameters[i], 0), sets.Result(node.Name));
            }
        }
    }

    private static void JoinInputs(ChannelSets sets, Node node)
    {
        foreach (string input in node.Inputs)
        {
            sets.Join(sets.Result(input), sets.Result(node.Name));
        }
    }

    private static void Convolution(ChannelSets sets, Node node, Conv2d op, GroupedChannels grouped)
    {
        (ChannelSpace from, ChannelSpace to) = (sets.Result(node.Inputs[0]), sets.Result(node.Name));
        ChannelSpace columns = sets.Axis(node.Parameter("weight"), 1);
        if (LosesGroups(op, grouped))
        {
            WholeGroups(sets, from, op.Groups);
            WholeGroups(sets, to, op.Groups);
            for (int group = 0; group < op.Groups; group++)
            {
                sets.Join(from.First + (group * columns.Count), to.First + (group * (op.OutChannels / op.Groups)));
            }

            sets.Fix(columns, $"'{node.Name}' loses whole groups"); // the number of input channels per group does not change
            return;
        }

        for (int group = 0; group < op.Groups; group++)
        {
            sets.Join(columns, from, rightStart: group * columns.Count);
        }

        SamePlaces(sets, to, op.Groups);
    }

    /// <summary>Joins all channels of each group.</summary>
    private static void WholeGroups(ChannelSets sets, ChannelSpace space, int groups)
    {
        int each = space.Count / groups;
        for (int i = 0; i < space.Count; i++)
        {
            sets.Join(space.First + i, space.First + (i / each * each));
        }
    }

    /// <summary>Joins the channels with the same position within each group.</summary>
    private static void SamePlaces(ChannelSets sets, ChannelSpace space, int groups)
    {
        int each = space.Count / groups;
        for (int i = 0; i < space.Count; i++)
        {
            sets.Join(space.First + i, space.First + (i % each));
        }
    }

    private static void Shuffle(ChannelSets sets, Node node, ChannelShuffle op)
    {
        (ChannelSpace from, ChannelSpace to) = (sets.Result(node.Inputs[0]), sets.Result(node.Name));
        SamePlaces(sets, from, op.Groups);
        int[] sources = op.Sources(from.Count);
        for (int i = 0; i < to.Count; i++)
        {
            sets.Join(from.First + sources[i], to.First + i);
        }
    }

    private static void Concatenation(ChannelSets sets, Node node)
    {
        int start = 0;
        foreach (string input in node.Inputs)
        {
            ChannelSpace from = sets.Result(input);
            sets.Join(from, sets.Result(node.Name), rightStart: start);
            start += from.Count;
        }
    }

    private static void Flattening(ChannelSets sets, Node node, Graph graph)
    {
        (ChannelSpace from, ChannelSpace to) = (sets.Result(node.Inputs[0]), sets.Result(node.Name));
        int pixels = (int)(graph.ShapeOf(node.Inputs[0]).Count / from.Count);
        for (int i = 0; i < to.Count; i++)
        {
            sets.Join(from.First + (i / pixels), to.First + i);
        }
    }
}
