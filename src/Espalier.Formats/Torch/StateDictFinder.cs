namespace Espalier.Formats;

/// <summary>Finds the state_dict in an unpickled checkpoint, by the rules described at <see cref="CheckpointReader"/>.</summary>
/// <remarks>
/// Hostile data may refer to itself or share parts so often that a plain traversal would never end. Whether a part holds tensors is therefore
/// determined once; only parts that do are traversed wherever they occur; and depth and number of steps are limited.
/// </remarks>
internal sealed class StateDictFinder(TorchContainer container, TensorViews views, CheckpointOptions options)
{
    private static readonly string[] Wrappers =
        ["state_dict", "model_state_dict", "model_state", "model", "net", "network", "weights", "params", "state"];

    private static readonly HashSet<string> TrainingState =
        ["optimizer", "optimizer_state_dict", "optimizer_state", "optim", "scheduler", "lr_scheduler", "scheduler_state_dict", "scaler", "amp", "ema", "rng_state"];

    private const int MostNotes = 1000; // far more than a checkpoint has

    private readonly List<KeyValuePair<string, object?>> _tensors = [];
    private readonly List<CheckpointNote> _notes = [];
    private readonly List<string> _wrapper = [];
    private readonly Dictionary<object, bool> _holdsTensors = new(ReferenceEqualityComparer.Instance);
    private long _steps;

    /// <summary>The values that are tensors, by name.</summary>
    public IReadOnlyList<KeyValuePair<string, object?>> Tensors => _tensors;

    /// <summary>The top-level entries without tensors.</summary>
    public IReadOnlyList<CheckpointNote> Notes => _notes;

    /// <summary>The keys that led to the state_dict.</summary>
    public IReadOnlyList<string> Wrapper => _wrapper;

    public void Find()
    {
        object? node = container.Root;
        if (options.StateDictKey is { } key)
        {
            node = Unwrap(node, key) ?? throw Error($"no entry '{key}' with tensors in {PickleText.Describe(node)}");
        }

        while (FindWrapper(node) is { } found)
        {
            node = Unwrap(node, found);
            RequireDepth("", _wrapper.Count);
        }

        Collect(node);
        if (_tensors.Count == 0)
        {
            throw Error($"it holds {PickleText.Describe(container.Root)}, not tensors");
        }
    }

    private string? FindWrapper(object? node)
    {
        if (PickleObjects.Entries(node) is not { } entries)
        {
            return null;
        }

        Count(entries.Count);
        // Tensors with dotted names are a state_dict themselves, whatever its first module is called.
        return entries.Any(e => e.Key is string name && name.Contains('.', StringComparison.Ordinal) && views.IsTensor(e.Value))
            ? null
            : Array.Find(Wrappers, w => entries.Any(e => e.Key is string name && name == w && !views.IsTensor(e.Value) && HoldsTensors(e.Value, 0)));
    }

    private object? Unwrap(object? node, string key)
    {
        object? inner = null;
        foreach (KeyValuePair<object?, object?> entry in PickleObjects.Entries(node) ?? [])
        {
            if (entry.Key is string name && name == key)
            {
                inner = HoldsTensors(entry.Value, 0) ? entry.Value : null;
            }
            else
            {
                Note(entry.Key, entry.Value);
            }
        }

        _wrapper.Add(key);
        return inner;
    }

    private void Collect(object? node)
    {
        if (_wrapper.Count > 0 || PickleObjects.Entries(node) is not { } entries)
        {
            Walk(node, "", 0);
            return;
        }

        foreach (KeyValuePair<object?, object?> entry in entries)
        {
            int before = _tensors.Count;
            string name = PickleObjects.Name(entry.Key);
            if (!TrainingState.Contains(name))
            {
                Walk(entry.Value, name, 1);
            }

            if (_tensors.Count == before)
            {
                Note(entry.Key, entry.Value);
            }
        }
    }

    private void Walk(object? value, string path, int depth)
    {
        RequireDepth(path, depth);
        if (views.IsTensor(value))
        {
            Add(path, value);
            return;
        }

        foreach ((string name, object? child) in Children(value))
        {
            if (HoldsTensors(child, depth + 1))
            {
                Walk(child, path.Length == 0 ? name : $"{path}.{name}", depth + 1);
            }
        }
    }

    private bool HoldsTensors(object? value, int depth)
    {
        if (value is null or string or IConvertible)
        {
            return false;
        }

        RequireDepth("", depth);
        if (!_holdsTensors.TryGetValue(value, out bool holds))
        {
            _holdsTensors[value] = false; // a value that contains only itself holds no tensors
            holds = views.IsTensor(value) || Children(value).Any(c => HoldsTensors(c.Value, depth + 1));
            _holdsTensors[value] = holds;
        }

        return holds;
    }

    private IEnumerable<(string Name, object? Value)> Children(object? value)
    {
        if (value is PickleCall { State: { } state } && PickleObjects.Entries(state) is { } fields)
        {
            Count(fields.Count);
            if (PickleObjects.Entry(state, "_modules") is { } modules)
            {
                // A whole module (torch.save(model)): in the order of Module.state_dict.
                IReadOnlyList<object?> transient = Members(PickleObjects.Entry(state, "_non_persistent_buffers_set")); // register_buffer(persistent=False)
                return
                [
                    .. Children(PickleObjects.Entry(state, "_parameters")),
                    .. Children(PickleObjects.Entry(state, "_buffers")).Where(buffer => !transient.Contains(buffer.Name)),
                    .. Children(modules),
                ];
            }
        }

        if (PickleObjects.Entries(value) is { } entries)
        {
            Count(entries.Count);
            return entries.Select(e => (PickleObjects.Name(e.Key), e.Value));
        }

        IReadOnlyList<object?> items = PickleObjects.Items(value) ?? [];
        Count(items.Count);
        return items.Select((item, i) => (PickleObjects.Name((long)i), item));
    }

    /// <summary>The members of a set, which pickles of protocol 2 write as a call with a list.</summary>
    private static IReadOnlyList<object?> Members(object? value) =>
        PickleObjects.Items(value is PickleCall { Arguments.Items: [var only] } call && (call.Calls("builtins", "set") || call.Calls("__builtin__", "set")) ? only : value) ?? [];

    private void Add(string name, object value)
    {
        if (name.Length > options.Limits.NameLength)
        {
            throw Error($"a tensor's name has {name.Length:N0} characters; the limit is {options.Limits.NameLength:N0}");
        }

        if (_tensors.Count == options.Limits.TensorCount)
        {
            throw Error($"more than {options.Limits.TensorCount:N0} tensors, the limit");
        }

        _tensors.Add(new(name, value));
    }

    private void Note(object? key, object? value)
    {
        if (_notes.Count < MostNotes)
        {
            string text = HoldsTensors(value, 0) ? $"{PickleText.Describe(value)}; not read" : PickleText.Render(value);
            _notes.Add(new CheckpointNote(key is string name ? PickleText.Clean(name) : PickleText.Render(key), text));
        }
    }

    private void RequireDepth(string path, int depth)
    {
        if (depth > options.Limits.Depth || path.Length > 2 * options.Limits.NameLength)
        {
            throw Error($"values nested deeper than the limit of {options.Limits.Depth}");
        }
    }

    private void Count(int entries)
    {
        _steps += entries;
        if (_steps > options.Limits.PickleValues)
        {
            throw Error($"more than {options.Limits.PickleValues:N0} values, the limit; shared parts count wherever they occur");
        }
    }

    private MalformedInputException Error(string reason) => new(container.Source.Name, null, reason);
}
