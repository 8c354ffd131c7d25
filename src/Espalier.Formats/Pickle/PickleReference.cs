namespace Espalier.Formats;

/// <summary>A persistent id: a reference to something stored outside of the pickle, such as PyTorch's storages.</summary>
internal sealed class PickleReference(object? id)
{
    public object? Id => id;
}
