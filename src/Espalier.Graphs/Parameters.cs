using System.Collections;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Espalier.Graphs;

/// <summary>A model's parameters and buffers under PyTorch's state_dict names. Immutable; a changed copy shares the unchanged parameters. Enumerated in ordinal order of the names.</summary>
public sealed class Parameters : IReadOnlyDictionary<string, Parameter>
{
    private readonly ImmutableSortedDictionary<string, Parameter> _byName;

    private Parameters(ImmutableSortedDictionary<string, Parameter> byName) => _byName = byName;

    /// <summary>No parameters.</summary>
    public static Parameters Empty { get; } = new(ImmutableSortedDictionary.Create<string, Parameter>(StringComparer.Ordinal));

    /// <summary>Creates a dictionary of the given parameters.</summary>
    /// <exception cref="ArgumentException">A name is given twice, with different parameters.</exception>
    public static Parameters From(IEnumerable<KeyValuePair<string, Parameter>> parameters) => new(Empty._byName.AddRange(parameters));

    /// <inheritdoc/>
    public int Count => _byName.Count;

    /// <inheritdoc/>
    public IEnumerable<string> Keys => _byName.Keys;

    /// <inheritdoc/>
    public IEnumerable<Parameter> Values => _byName.Values;

    /// <inheritdoc/>
    /// <exception cref="GraphException">There is no parameter of that name.</exception>
    public Parameter this[string key] =>
        _byName.TryGetValue(key, out Parameter? parameter) ? parameter : throw new GraphException(key, "no such parameter in the model");

    /// <summary>A copy in which the parameter <paramref name="name"/> is added or replaced.</summary>
    public Parameters With(string name, Parameter parameter) => new(_byName.SetItem(name, parameter));

    /// <summary>A copy in which several parameters are added or replaced.</summary>
    public Parameters With(IEnumerable<KeyValuePair<string, Parameter>> parameters) => new(_byName.SetItems(parameters));

    /// <summary>A copy with only the parameters whose names <paramref name="keep"/> accepts.</summary>
    public Parameters Where(Func<string, bool> keep)
    {
        ArgumentNullException.ThrowIfNull(keep);
        return new(_byName.RemoveRange(_byName.Keys.Where(name => !keep(name))));
    }

    /// <inheritdoc/>
    public bool ContainsKey(string key) => _byName.ContainsKey(key);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out Parameter value) => _byName.TryGetValue(key, out value);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, Parameter>> GetEnumerator() => _byName.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
