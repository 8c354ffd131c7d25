namespace Espalier.Formats;

/// <summary>A Python dict: its entries in the order in which they were set.</summary>
internal sealed class PickleDict
{
    public List<KeyValuePair<object?, object?>> Entries { get; } = [];
}
