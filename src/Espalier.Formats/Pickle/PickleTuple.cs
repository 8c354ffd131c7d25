namespace Espalier.Formats;

/// <summary>A Python tuple of unpickled values.</summary>
internal sealed class PickleTuple(params object?[] items)
{
    public static readonly PickleTuple Empty = new();

    public IReadOnlyList<object?> Items => items;
}
