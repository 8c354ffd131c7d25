using System.Collections;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Espalier.Formats;

/// <summary>An ordered, immutable dictionary of tensors by name: PyTorch's <c>state_dict</c>.</summary>
public sealed class StateDict : IReadOnlyList<KeyValuePair<string, Tensor>>
{
    private readonly ImmutableArray<KeyValuePair<string, Tensor>> _entries;
    private readonly Dictionary<string, Tensor> _byName;

    /// <summary>Creates a state_dict of the given tensors in the given order. The tensors are not copied.</summary>
    /// <exception cref="ArgumentException">Two entries have the same name.</exception>
    public StateDict(IEnumerable<KeyValuePair<string, Tensor>> entries)
    {
        _entries = [.. entries];
        _byName = new Dictionary<string, Tensor>(_entries);
    }

    /// <summary>Number of tensors.</summary>
    public int Count => _entries.Length;

    /// <summary>The tensors' names, in order.</summary>
    public IEnumerable<string> Names => _entries.Select(e => e.Key);

    /// <summary>The name and tensor at a zero-based index.</summary>
    public KeyValuePair<string, Tensor> this[int index] => _entries[index];

    /// <summary>The tensor of the given name.</summary>
    /// <exception cref="KeyNotFoundException">There is no tensor of that name.</exception>
    public Tensor this[string name] => _byName[name];

    /// <summary>Gets the tensor of the given name; returns <see langword="false"/> where there is none.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out Tensor? tensor) => _byName.TryGetValue(name, out tensor);

    /// <summary>Enumerates names and tensors in order.</summary>
    public ImmutableArray<KeyValuePair<string, Tensor>>.Enumerator GetEnumerator() => _entries.GetEnumerator();

    IEnumerator<KeyValuePair<string, Tensor>> IEnumerable<KeyValuePair<string, Tensor>>.GetEnumerator() =>
        ((IEnumerable<KeyValuePair<string, Tensor>>)_entries).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => ((IEnumerable)_entries).GetEnumerator();
}
