using System.Diagnostics.CodeAnalysis;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>The table from op to which of its channels go together.</summary>
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
            _ => op.Groups >= widest,
        });
    }

    private static void Couple(ChannelSets sets, Graph graph, Node node, GroupedChannels grouped)
    {
        ChannelSpace result = sets.Result(node.Name);
        switch (node.Op)
        {
            case Input:
                sets.Fix(result, $"'{node.Name}' is the input");
                break;
            case Softmax:
                JoinInputs(sets, node);
                sets.Fix(result, $"'{node.Name}' makes probabilities of all of them");
                break;
            case Conv2d conv:
                Convolution(sets, node, conv, grouped);
                break;
            case Linear:
                sets.Join(sets.Axis(node.Parameter("weight"), 1), sets.Result(node.Inputs[0]));
                break;
            case GroupNorm norm:
                JoinInputs(sets, node);
                WholeGroups(sets, result, norm.Groups); // its statistics are those of all channels of a group
                break;
            case ChannelShuffle shuffle:
                Shuffle(sets, node, shuffle.Groups);
                break;
            case Concat:
                Concatenation(sets, node);
                break;
            case ChannelSlice slice:
                sets.Join(result, sets.Result(node.Inputs[0]), rightStart: slice.Start);
                break;
            case PadChannels pad:
                sets.Join(sets.Result(node.Inputs[0]), result, rightStart: pad.Before);
                break;
            case Flatten:
                Flattening(sets, node, graph);
                break;
            case BatchNorm or Pad or Add or Multiply or StochasticDepth or Dropout or ActivationOp or MaxPool or AveragePool or AdaptiveAveragePool:
                JoinInputs(sets, node);
                break;
            default:
                ThrowUnknown(node);
                break;
        }
    }

    /// <summary>The first axis of every parameter counts what the node makes.</summary>
    private static void CoupleParameters(ChannelSets sets, Node node)
    {
        ValueList<ParameterSpec> specs = node.Op.Parameters;
        for (int i = 0; i < specs.Count; i++)
        {
            if (specs[i].Shape.Rank > 0)
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

            sets.Fix(columns, $"'{node.Name}' loses whole groups"); // its weight keeps the width of one
            return;
        }

        for (int group = 0; group < op.Groups; group++)
        {
            sets.Join(columns, from, rightStart: group * columns.Count);
        }

        SamePlaces(sets, to, op.Groups);
    }

    /// <summary>All channels of a group go together.</summary>
    private static void WholeGroups(ChannelSets sets, ChannelSpace space, int groups)
    {
        int each = space.Count / groups;
        for (int i = 0; i < space.Count; i++)
        {
            sets.Join(space.First + i, space.First + (i / each * each));
        }
    }

    /// <summary>The channels at one place in every group go together.</summary>
    private static void SamePlaces(ChannelSets sets, ChannelSpace space, int groups)
    {
        int each = space.Count / groups;
        for (int i = 0; i < space.Count; i++)
        {
            sets.Join(space.First + i, space.First + (i % each));
        }
    }

    private static void Shuffle(ChannelSets sets, Node node, int groups)
    {
        (ChannelSpace from, ChannelSpace to) = (sets.Result(node.Inputs[0]), sets.Result(node.Name));
        SamePlaces(sets, from, groups);
        int each = from.Count / groups;
        for (int i = 0; i < from.Count; i++)
        {
            sets.Join(from.First + i, to.First + (i % each * groups) + (i / each));
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

    [DoesNotReturn]
    private static void ThrowUnknown(Node node) =>
        throw new GraphException(node.Name, $"it is not known which channels of '{node.Op.Kind}' go together, so nothing can be removed");
}
