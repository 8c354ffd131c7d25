namespace Espalier.Formats;

/// <summary>A Python list or set. Equal elements of a set are not merged.</summary>
internal sealed class PickleList
{
    public List<object?> Items { get; } = [];
}
