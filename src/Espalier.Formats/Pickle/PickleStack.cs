namespace Espalier.Formats;

/// <summary>The pickle machine's stack with its marks. It counts every value pushed, which bounds memory.</summary>
internal sealed class PickleStack(ByteCursor cursor, Limits limits)
{
    private readonly List<object?> _values = [];
    private readonly List<int> _marks = [];
    private int _count;

    /// <summary>The value on top, without popping it.</summary>
    public object? Top
    {
        get
        {
            Require(1);
            return _values[^1];
        }
    }

    private int Bottom => _marks.Count == 0 ? 0 : _marks[^1];

    public void Push(object? value)
    {
        Count();
        _values.Add(value);
    }

    /// <summary>Counts one value, on the stack or in the memo, against the limit.</summary>
    public void Count()
    {
        if (++_count > limits.PickleValues)
        {
            throw Error($"more than {limits.PickleValues:N0} values, the limit of one pickle");
        }
    }

    public object? Pop()
    {
        object? top = Top;
        _values.RemoveAt(_values.Count - 1);
        return top;
    }

    /// <summary>Pops several values; the topmost comes last.</summary>
    public object?[] PopMany(int count)
    {
        Require(count);
        return Cut(_values.Count - count);
    }

    public void Mark()
    {
        if (_marks.Count == limits.Depth)
        {
            throw Error($"containers nested deeper than the limit of {limits.Depth}");
        }

        _marks.Add(_values.Count);
    }

    /// <summary>Pops all values down to the last mark, and the mark.</summary>
    public object?[] PopToMark()
    {
        if (_marks.Count == 0)
        {
            throw Error("a container ends that was never begun");
        }

        int mark = _marks[^1];
        _marks.RemoveAt(_marks.Count - 1);
        return Cut(mark);
    }

    /// <summary>The instruction POP: removes a mark where one is on top, otherwise a value.</summary>
    public void PopOrUnmark()
    {
        if (_marks.Count > 0 && _values.Count == Bottom)
        {
            _marks.RemoveAt(_marks.Count - 1);
        }
        else
        {
            Pop();
        }
    }

    private object?[] Cut(int start)
    {
        object?[] items = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_values)[start..].ToArray();
        _values.RemoveRange(start, items.Length);
        return items;
    }

    private void Require(int count)
    {
        if (_values.Count - Bottom < count)
        {
            throw Error("an instruction pops from an empty stack");
        }
    }

    private MalformedInputException Error(string reason) => cursor.Source.Malformed(cursor.Position, reason);
}
