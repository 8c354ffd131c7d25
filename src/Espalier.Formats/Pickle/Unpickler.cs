namespace Espalier.Formats;

/// <summary>Interprets a pickle program and builds what it describes as inert data.</summary>
/// <remarks>
/// Python's machine imports and calls whatever a pickle names. This one cannot: an import is only a name
/// (<see cref="PickleGlobal"/>), a call is a record of callable and arguments (<see cref="PickleCall"/>), and no instruction
/// does anything but put values on a stack. No name has a special meaning here; <see cref="TensorViews"/> interprets tensors.
/// The instructions are those of CPython's <c>Lib/pickle.py</c>, protocols 0 to 5.
/// </remarks>
internal sealed class Unpickler
{
    private const int NewestProtocol = 5;

    private readonly ByteCursor _cursor;
    private readonly PickleScalars _scalars;
    private readonly PickleStack _stack;
    private readonly Dictionary<long, object?> _memo = [];
    private readonly List<PickleReference> _references = [];
    private readonly Limits _limits;
    private readonly long _start;

    private Unpickler(ByteCursor cursor, in Limits limits)
    {
        _cursor = cursor;
        _limits = limits;
        _start = cursor.Position;
        _scalars = new PickleScalars(cursor, _start, limits.PickleBytes);
        _stack = new PickleStack(cursor, limits);
    }

    /// <summary>Reads one pickle and leaves the cursor after it.</summary>
    public static object? Read(ByteCursor cursor, in Limits limits) => Read(cursor, limits, out _);

    /// <summary>Reads one pickle, and returns the persistent ids in it.</summary>
    public static object? Read(ByteCursor cursor, in Limits limits, out IReadOnlyList<PickleReference> references)
    {
        var machine = new Unpickler(cursor, limits);
        references = machine._references;
        return machine.Run();
    }

    private object? Run()
    {
        while (true)
        {
            if (_cursor.Position - _start > _limits.PickleBytes)
            {
                throw Error($"a pickle longer than the limit of {_limits.PickleBytes:N0} bytes");
            }

            var opcode = (PickleOpcode)_cursor.ReadByte();
            if (opcode == PickleOpcode.Stop)
            {
                return _stack.Pop();
            }

            if (!Scalar(opcode) && !Container(opcode) && !Object(opcode) && !Bookkeeping(opcode))
            {
                throw Error($"0x{(int)opcode:X2} is not a pickle instruction");
            }
        }
    }

    private bool Scalar(PickleOpcode opcode)
    {
        if (!_scalars.TryRead(opcode, out object? value))
        {
            return false;
        }

        _stack.Push(value);
        return true;
    }

    private bool Container(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.EmptyTuple: _stack.Push(PickleTuple.Empty); break;
            case PickleOpcode.Tuple1: _stack.Push(new PickleTuple(_stack.PopMany(1))); break;
            case PickleOpcode.Tuple2: _stack.Push(new PickleTuple(_stack.PopMany(2))); break;
            case PickleOpcode.Tuple3: _stack.Push(new PickleTuple(_stack.PopMany(3))); break;
            case PickleOpcode.Tuple: _stack.Push(new PickleTuple(_stack.PopToMark())); break;
            case PickleOpcode.EmptyList or PickleOpcode.EmptySet: _stack.Push(new PickleList()); break;
            case PickleOpcode.EmptyDict: _stack.Push(new PickleDict()); break;
            case PickleOpcode.List or PickleOpcode.FrozenSet: PushFilled(new PickleList(), _stack.PopToMark(), Append); break;
            case PickleOpcode.Dict: PushFilled(new PickleDict(), _stack.PopToMark(), SetItems); break;
            case PickleOpcode.Append: Append(_stack.PopMany(1), _stack.Top); break;
            case PickleOpcode.Appends or PickleOpcode.AddItems: Append(_stack.PopToMark(), _stack.Top); break;
            case PickleOpcode.SetItem: SetItems(_stack.PopMany(2), _stack.Top); break;
            case PickleOpcode.SetItems: SetItems(_stack.PopToMark(), _stack.Top); break;
            default: return false;
        }

        return true;
    }

    private bool Object(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Global: _stack.Push(new PickleGlobal(_scalars.ReadNameLine(), _scalars.ReadNameLine())); break;
            case PickleOpcode.StackGlobal: PushStackGlobal(_stack.PopMany(2)); break;
            case PickleOpcode.Reduce or PickleOpcode.NewObject: PushCall(_stack.PopMany(2)); break;
            case PickleOpcode.NewObjectWithKeywords: PushCall(_stack.PopMany(3)); break;
            case PickleOpcode.Inst:
                var named = new PickleGlobal(_scalars.ReadNameLine(), _scalars.ReadNameLine());
                _stack.Push(new PickleCall(named, new PickleTuple(_stack.PopToMark())));
                break;
            case PickleOpcode.Obj: PushObject(_stack.PopToMark()); break;
            case PickleOpcode.Build: Build(_stack.Pop()); break;
            case PickleOpcode.PersistentId: PushReference(_scalars.ReadNameLine()); break;
            case PickleOpcode.BinPersistentId: PushReference(_stack.Pop()); break;
            default: return false;
        }

        return true;
    }

    private bool Bookkeeping(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Mark: _stack.Mark(); break;
            case PickleOpcode.Pop: _stack.PopOrUnmark(); break;
            case PickleOpcode.PopMark: _stack.PopToMark(); break;
            case PickleOpcode.Dup: _stack.Push(_stack.Top); break;
            case PickleOpcode.Get: Recall(_scalars.ReadIndexLine()); break;
            case PickleOpcode.BinGet: Recall(_cursor.ReadByte()); break;
            case PickleOpcode.LongBinGet: Recall((uint)_cursor.ReadInt32()); break;
            case PickleOpcode.Put: Remember(_scalars.ReadIndexLine()); break;
            case PickleOpcode.BinPut: Remember(_cursor.ReadByte()); break;
            case PickleOpcode.LongBinPut: Remember((uint)_cursor.ReadInt32()); break;
            case PickleOpcode.Memoize: Remember(_memo.Count); break;
            case PickleOpcode.Protocol: RequireProtocol(_cursor.ReadByte()); break;
            case PickleOpcode.Frame: RequireFrame(_cursor.ReadInt64()); break;
            case PickleOpcode.Extension1 or PickleOpcode.Extension2 or PickleOpcode.Extension4:
                throw Error("a code of Python's extension registry, which checkpoints do not use");
            case PickleOpcode.NextBuffer or PickleOpcode.ReadOnlyBuffer:
                throw Error("a buffer outside of the pickle, which checkpoints do not have");
            default: return false;
        }

        return true;
    }

    private void PushFilled<T>(T container, object?[] items, Action<object?[], object?> fill)
    {
        fill(items, container);
        _stack.Push(container);
    }

    private void Append(object?[] items, object? container)
    {
        switch (container)
        {
            case PickleList list: list.Items.AddRange(items); break;
            case PickleCall call: Array.ForEach(items, call.Append); break;
            default: throw Error($"items for {PickleText.Describe(container)}, which is not a list");
        }
    }

    private void SetItems(object?[] items, object? container)
    {
        if (items.Length % 2 != 0)
        {
            throw Error("a dict has a key without a value");
        }

        for (int i = 0; i < items.Length; i += 2)
        {
            switch (container)
            {
                case PickleDict dict: dict.Entries.Add(new(items[i], items[i + 1])); break;
                case PickleCall call: call.SetEntry(items[i], items[i + 1]); break;
                default: throw Error($"entries for {PickleText.Describe(container)}, which is not a dict");
            }
        }
    }

    private void PushStackGlobal(object?[] names)
    {
        if (names is not [string module, string name])
        {
            throw Error($"an import named by {PickleText.Describe(names[0])} and {PickleText.Describe(names[1])} instead of two strings");
        }

        _stack.Push(new PickleGlobal(module, name));
    }

    private void PushCall(object?[] parts)
    {
        if (parts[1] is not PickleTuple arguments)
        {
            throw Error($"a call with {PickleText.Describe(parts[1])} instead of a tuple of arguments");
        }

        _stack.Push(new PickleCall(parts[0], arguments));
    }

    private void PushObject(object?[] parts)
    {
        if (parts.Length == 0)
        {
            throw Error("an object without a class");
        }

        _stack.Push(new PickleCall(parts[0], new PickleTuple(parts[1..])));
    }

    private void Build(object? state)
    {
        if (_stack.Top is not PickleCall call)
        {
            throw Error($"a state for {PickleText.Describe(_stack.Top)}, which has none");
        }

        call.State = state;
    }

    private void PushReference(object? id)
    {
        var reference = new PickleReference(id);
        _references.Add(reference);
        _stack.Push(reference);
    }

    private void Remember(long index)
    {
        _stack.Count();
        _memo[index] = _stack.Top;
    }

    private void Recall(long index)
    {
        if (!_memo.TryGetValue(index, out object? value))
        {
            throw Error($"memo {index} is used before it is set");
        }

        _stack.Push(value);
    }

    private void RequireProtocol(byte protocol)
    {
        if (protocol > NewestProtocol)
        {
            throw Error($"pickle protocol {protocol}; the newest is {NewestProtocol}");
        }
    }

    private void RequireFrame(long length)
    {
        if (length < 0 || length > _cursor.Left)
        {
            throw Error($"truncated: a frame of {(ulong)length} bytes, but only {_cursor.Left} are left");
        }
    }

    private MalformedInputException Error(string reason) => _cursor.Source.Malformed(_cursor.Position, reason);
}
