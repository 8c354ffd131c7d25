using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>The units to remove and the channels that remain in each space.</summary>
internal sealed class ChannelSelection
{
    private readonly ChannelGroups _groups;
    private readonly bool[] _removed;
    private readonly Dictionary<(string Name, int Axis), ChannelSpace> _spaces;

    internal ChannelSelection(ChannelGroups groups, IEnumerable<ChannelUnit> removed)
    {
        _groups = groups;
        _removed = new bool[groups.Units.Length];
        _spaces = groups.Spaces.ToDictionary(space => (space.Name, space.Axis));
        foreach (ChannelUnit unit in removed)
        {
            _removed[unit.Index] = true;
        }

        foreach (ChannelSpace space in groups.Spaces)
        {
            if (Kept(space.Name, space.Axis).Length == 0)
            {
                throw new GraphException(space.Name, $"all {space.Count} channels would be removed; keep at least 1");
            }
        }
    }

    internal int RemovedUnits => _removed.Count(removed => removed);

    internal bool Keeps(ChannelSpace space, int channel)
    {
        int unit = _groups.UnitOf(space, channel);
        return unit < 0 || !_removed[unit];
    }

    /// <summary>The indices of the remaining channels, ascending.</summary>
    internal int[] Kept(string name, int axis = -1)
    {
        ChannelSpace space = _spaces[(name, axis)];
        return [.. Enumerable.Range(0, space.Count).Where(channel => Keeps(space, channel))];
    }

    /// <summary>The number of remaining channels in the range [start, end).</summary>
    internal int Count(string name, int start, int end)
    {
        ChannelSpace space = _spaces[(name, -1)];
        return Enumerable.Range(start, end - start).Count(channel => Keeps(space, channel));
    }

    internal int Count(string name) => Count(name, 0, _spaces[(name, -1)].Count);

    /// <summary>The remaining indices along the axes of a parameter that have channels: the first, and the second if there is one.</summary>
    internal (int[] Rows, int[]? Columns) KeptOf(string parameter) =>
        (Kept(parameter, 0), _spaces.ContainsKey((parameter, 1)) ? Kept(parameter, 1) : null);
}
