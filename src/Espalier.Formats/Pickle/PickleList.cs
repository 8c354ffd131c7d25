namespace Espalier.Formats;

/// <summary>A Python list or set: a set's equal elements are not merged, since nothing here asks.</summary>
internal sealed class PickleList
{
    public List<object?> Items { get; } = [];
}
