namespace Espalier.Formats;

/// <summary>The record of a call that Python would make to create an object. It is never executed.</summary>
/// <param name="callable">The callable; a <see cref="PickleGlobal"/> in well-formed pickles.</param>
/// <param name="arguments">The arguments.</param>
internal sealed class PickleCall(object? callable, PickleTuple arguments)
{
    private List<KeyValuePair<object?, object?>>? _entries;
    private List<object?>? _items;

    public object? Callable => callable;

    public PickleTuple Arguments => arguments;

    /// <summary>Entries that Python would set in the object as in a dict.</summary>
    public IReadOnlyList<KeyValuePair<object?, object?>> Entries => _entries ?? [];

    /// <summary>Items that Python would append to the object as to a list.</summary>
    public IReadOnlyList<object?> Items => _items ?? [];

    /// <summary>The argument of the object's <c>__setstate__</c>.</summary>
    public object? State { get; set; }

    public void SetEntry(object? key, object? value) => (_entries ??= []).Add(new(key, value));

    public void Append(object? item) => (_items ??= []).Add(item);

    /// <summary>Whether the callable is the global of the given module and name.</summary>
    public bool Calls(string module, string name) => Callable is PickleGlobal global && global.Module == module && global.Name == name;
}
