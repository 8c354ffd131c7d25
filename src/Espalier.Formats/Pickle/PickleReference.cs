namespace Espalier.Formats;

/// <summary>A persistent id: something that the surrounding file keeps outside of the pickle, as PyTorch does with storages.</summary>
internal sealed class PickleReference(object? id)
{
    public object? Id => id;
}
