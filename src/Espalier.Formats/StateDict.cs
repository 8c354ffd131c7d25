using System.Collections;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Espalier.Formats;

/// <summary>Tensors under their names, in order: what PyTorch calls a <c>state_dict</c>. Immutable.</summary>
public sealed class StateDict : IReadOnlyList<KeyValuePair<string, Tensor>>
{
    private readonly ImmutableArray<KeyValuePair<string, Tensor>> _entries;
    private readonly Dictionary<string, Tensor> _byName;

    /// <summary>Takes over the given tensors in the given order.</summary>
    /// <exception cref="ArgumentException">A name occurs twice.</exception>
    public StateDict(IEnumerable<KeyValuePair<string, Tensor>> entries)
    {
        _entries = [.. entries];
        _byName = new Dictionary<string, Tensor>(_entries);
    }

    /// <summary>How many tensors there are.</summary>
    public int Count => _entries.Length;

    /// <summary>The names in order.</summary>
    public IEnumerable<string> Names => _entries.Select(e => e.Key);

    /// <summary>The tensor and its name at a place in the order.</summary>
    public KeyValuePair<string, Tensor> this[int index] => _entries[index];

    /// <summary>The tensor of that name.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public Tensor this[string name] => _byName[name];

    /// <summary>The tensor of that name, if there is one.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out Tensor? tensor) => _byName.TryGetValue(name, out tensor);

    /// <summary>Enumerates names and tensors in order.</summary>
    public ImmutableArray<KeyValuePair<string, Tensor>>.Enumerator GetEnumerator() => _entries.GetEnumerator();

    IEnumerator<KeyValuePair<string, Tensor>> IEnumerable<KeyValuePair<string, Tensor>>.GetEnumerator() =>
        ((IEnumerable<KeyValuePair<string, Tensor>>)_entries).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => ((IEnumerable)_entries).GetEnumerator();
}
