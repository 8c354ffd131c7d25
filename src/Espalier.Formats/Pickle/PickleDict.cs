namespace Espalier.Formats;

/// <summary>A Python dict: its entries in insertion order.</summary>
internal sealed class PickleDict
{
    public List<KeyValuePair<object?, object?>> Entries { get; } = [];
}
