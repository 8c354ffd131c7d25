namespace Espalier.Formats;

/// <summary>The record of a call that Python would make to build an object. Nobody makes it here.</summary>
/// <param name="callable">What would be called: a <see cref="PickleGlobal"/>, if the pickle is an honest one.</param>
/// <param name="arguments">What it would be called with.</param>
internal sealed class PickleCall(object? callable, PickleTuple arguments)
{
    private List<KeyValuePair<object?, object?>>? _entries;
    private List<object?>? _items;

    public object? Callable => callable;

    public PickleTuple Arguments => arguments;

    /// <summary>What would be set in the object as in a dict.</summary>
    public IReadOnlyList<KeyValuePair<object?, object?>> Entries => _entries ?? [];

    /// <summary>What would be appended to the object as to a list.</summary>
    public IReadOnlyList<object?> Items => _items ?? [];

    /// <summary>What the object's <c>__setstate__</c> would be given.</summary>
    public object? State { get; set; }

    public void SetEntry(object? key, object? value) => (_entries ??= []).Add(new(key, value));

    public void Append(object? item) => (_items ??= []).Add(item);

    /// <summary>Whether the callable is the global of that name.</summary>
    public bool Calls(string module, string name) => Callable is PickleGlobal global && global.Module == module && global.Name == name;
}
