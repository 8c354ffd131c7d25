using System.Collections.Immutable;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>The channels of a network that must be removed together, and those that cannot be removed. They are found from the graph, for any network.</summary>
/// <remarks>
/// Channels are coupled individually through sums, products, concatenations, slices, shuffles, norms, pools, flattening and tied parameters
/// (DepGraph, Fang 2023, couples layers). The result depends only on the graph, not on parameter values.
/// </remarks>
public sealed class ChannelGroups
{
    private readonly int[] _units; // the unit of each channel; −1 if it cannot be removed

    private ChannelGroups(Graph graph, GroupedChannels grouped)
    {
        Graph = graph;
        Grouped = grouped;
        ChannelSets sets = ChannelCoupling.Of(graph, grouped);
        Spaces = [.. sets.Spaces];
        _units = new int[sets.Count];
        Units = NumberUnits(sets);
        Groups = Arrange();
        Fixed = WhyFixed(sets);
    }

    /// <summary>The graph of the network.</summary>
    public Graph Graph { get; }

    /// <summary>How channels are removed from grouped convolutions.</summary>
    public GroupedChannels Grouped { get; }

    /// <summary>All node outputs and parameter axes, in graph order.</summary>
    public ImmutableArray<ChannelSpace> Spaces { get; }

    /// <summary>All units that can be removed.</summary>
    public ImmutableArray<ChannelUnit> Units { get; }

    /// <summary>The units in groups, in graph order. A group of width 1 cannot shrink.</summary>
    public ImmutableArray<ChannelGroup> Groups { get; }

    /// <summary>The layers with weights whose output channels cannot be removed, with the reason for each.</summary>
    public IReadOnlyDictionary<string, string> Fixed { get; }

    /// <summary>Finds the groups of a graph.</summary>
    public static ChannelGroups Find(Graph graph, GroupedChannels grouped = default)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return new ChannelGroups(graph, grouped);
    }

    /// <summary>The index of the unit that a channel belongs to, or −1 if the channel cannot be removed.</summary>
    /// <param name="space">The node output or parameter axis.</param>
    /// <param name="channel">The index of the channel within <paramref name="space"/>.</param>
    public int UnitOf(ChannelSpace space, int channel)
    {
        ArgumentNullException.ThrowIfNull(space);
        return _units[space.First + channel];
    }

    private ImmutableArray<ChannelUnit> NumberUnits(ChannelSets sets)
    {
        var numbers = new Dictionary<int, int>();
        var channels = new List<ImmutableArray<int>.Builder>();
        for (int channel = 0; channel < _units.Length; channel++)
        {
            int root = sets.Find(channel);
            if (sets.WhyFixed(root) is not null)
            {
                _units[channel] = -1;
                continue;
            }

            if (!numbers.TryGetValue(root, out int unit))
            {
                numbers.Add(root, unit = channels.Count);
                channels.Add(ImmutableArray.CreateBuilder<int>());
            }

            _units[channel] = unit;
            channels[unit].Add(channel);
        }

        return [.. channels.Select((list, i) => new ChannelUnit(i, list.ToImmutable()))];
    }

    private ImmutableArray<ChannelGroup> Arrange()
    {
        int[] spaceOf = new int[_units.Length];
        for (int i = 0; i < Spaces.Length; i++)
        {
            spaceOf.AsSpan(Spaces[i].First, Spaces[i].Count).Fill(i);
        }

        Dictionary<string, Node> makers = Readers(0);
        Dictionary<string, Node> readers = Readers(1);
        var names = new Dictionary<string, int>(StringComparer.Ordinal);
        var groups = ImmutableArray.CreateBuilder<ChannelGroup>();
        foreach (IGrouping<ValueList<int>, ChannelUnit> units in Units.GroupBy(unit => ValueList.From(unit.Channels.Select(channel => spaceOf[channel]).Distinct())))
        {
            ImmutableArray<ChannelSpace> spaces = [.. units.Key.Select(i => Spaces[i])];
            ChannelSpace[] made = [.. spaces.Where(space => space.Axis == 0 && makers.ContainsKey(space.Name))];
            ImmutableArray<string> producers = [.. made.Select(space => makers[space.Name].Name)];
            ImmutableArray<string> consumers = [.. spaces.Where(space => space.Axis == 1 && readers.ContainsKey(space.Name)).Select(space => readers[space.Name].Name)];
            string name = producers.IsEmpty ? spaces[0].Name : producers[0];
            int count = names[name] = names.GetValueOrDefault(name) + 1;
            groups.Add(new ChannelGroup(count == 1 ? name : $"{name}#{count}", [.. units], spaces, producers, consumers)
            {
                ChannelsPerUnit = [.. made.Select(space => units.First().Channels.Count(channel => channel >= space.First && channel < space.First + space.Count))],
            });
        }

        return groups.ToImmutable();
    }

    /// <summary>The first convolution or linear layer of each weight, by the weight's name.</summary>
    private Dictionary<string, Node> Readers(int axis)
    {
        var nodes = new Dictionary<string, Node>(StringComparer.Ordinal);
        foreach (Node node in Graph.Nodes.Where(node => node.Op is Conv2d or Linear))
        {
            // A depthwise convolution transforms each channel separately, so it is not one of the layers that compute the channels.
            if (axis == 1 || node.Op is not Conv2d { IsDepthwise: true })
            {
                nodes.TryAdd(node.Parameter("weight"), node);
            }
        }

        return nodes;
    }

    private Dictionary<string, string> WhyFixed(ChannelSets sets)
    {
        var reasons = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (Node node in Graph.Nodes.Where(node => node.Op is Conv2d or Linear))
        {
            ChannelSpace space = sets.Result(node.Name);
            if (Enumerable.Range(space.First, space.Count).All(channel => _units[channel] < 0))
            {
                reasons.Add(node.Name, sets.WhyFixed(sets.Find(space.First))!);
            }
        }

        return reasons;
    }
}
