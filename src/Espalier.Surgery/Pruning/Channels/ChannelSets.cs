using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Sets of channels that must be removed together, over the outputs of all nodes of a graph and the axes of its parameters: disjoint sets with path halving (Tarjan 1975).</summary>
internal sealed class ChannelSets
{
    private readonly Dictionary<(string Name, int Axis), ChannelSpace> _spaces = [];
    private readonly List<ChannelSpace> _order = [];
    private readonly Dictionary<int, string> _reasons = [];
    private readonly int[] _parents;

    internal ChannelSets(Graph graph)
    {
        int count = 0;
        foreach (Node node in graph.Nodes)
        {
            count = Add(node.Name, -1, graph.ShapeOf(node.Name)[0], count);
            ValueList<ParameterSpec> specs = node.Op.Parameters;
            for (int i = 0; i < specs.Count; i++)
            {
                // Weights have output and input channels; vectors have one element per channel; scalars have none. Kernel positions are not channels.
                for (int axis = 0; axis < Math.Min(2, specs[i].Shape.Rank); axis++)
                {
                    count = Add(node.Parameters[i], axis, specs[i].Shape[axis], count);
                }
            }
        }

        _parents = [.. Enumerable.Range(0, count)];
    }

    internal IReadOnlyList<ChannelSpace> Spaces => _order;

    internal int Count => _parents.Length;

    internal ChannelSpace Result(string node) => _spaces[(node, -1)];

    internal ChannelSpace Axis(string parameter, int axis) => _spaces[(parameter, axis)];

    internal int Find(int channel)
    {
        while (_parents[channel] != channel)
        {
            channel = _parents[channel] = _parents[_parents[channel]];
        }

        return channel;
    }

    internal void Join(int left, int right)
    {
        (left, right) = (Find(left), Find(right));
        if (left == right)
        {
            return;
        }

        (int root, int child) = left < right ? (left, right) : (right, left); // the root is the smallest index, independent of the order of joins
        _parents[child] = root;
        if (_reasons.Remove(child, out string? reason))
        {
            _reasons.TryAdd(root, reason);
        }
    }

    /// <summary>Joins each channel of one space with the corresponding channel of another.</summary>
    internal void Join(ChannelSpace left, ChannelSpace right, int leftStart = 0, int rightStart = 0)
    {
        int count = Math.Min(left.Count - leftStart, right.Count - rightStart);
        for (int i = 0; i < count; i++)
        {
            Join(left.First + leftStart + i, right.First + rightStart + i);
        }
    }

    /// <summary>Marks the channels of a space as not removable.</summary>
    internal void Fix(ChannelSpace space, string reason)
    {
        for (int i = 0; i < space.Count; i++)
        {
            _reasons.TryAdd(Find(space.First + i), reason);
        }
    }

    internal string? WhyFixed(int root) => _reasons.GetValueOrDefault(root);

    private int Add(string name, int axis, int extent, int count)
    {
        if (_spaces.ContainsKey((name, axis)))
        {
            return count; // a tied parameter
        }

        var space = new ChannelSpace(name, axis, count, extent);
        _spaces.Add((name, axis), space);
        _order.Add(space);
        return checked(count + extent);
    }
}
