namespace Espalier.Formats;

/// <summary>A file in one of PyTorch's three formats, unpickled: the saved object, and the storages that its persistent ids refer to.</summary>
internal abstract class TorchContainer(ByteSource source)
{
    /// <summary>The bytes of the file.</summary>
    public ByteSource Source => source;

    /// <summary>The saved object, as inert data.</summary>
    public object? Root { get; protected init; }

    /// <summary>The <see cref="TorchStorage"/> or <see cref="TensorView"/> that a persistent id refers to.</summary>
    /// <exception cref="MalformedInputException">It refers to neither.</exception>
    public abstract object Resolve(PickleReference reference);

    /// <summary>Whether a persistent id refers to a whole tensor, as only in the tar format.</summary>
    public virtual bool IsTensor(PickleReference reference) => false;

    /// <summary>The error for files from big-endian machines.</summary>
    protected MalformedInputException BigEndian() => source.Malformed(0, "the values are stored big-endian (most significant byte first); only little-endian checkpoints are supported");

    /// <summary>Parses the persistent id <c>('storage', class, key, location, count, …)</c>.</summary>
    protected (TorchElement Element, string Key, long Count) ReadStorageId(PickleReference reference)
    {
        if (reference.Id is not PickleTuple { Items: ["storage", PickleGlobal storageClass, var key, _, long count, ..] } || count < 0)
        {
            throw source.Malformed(0, $"a tensor refers to {PickleText.Render(reference.Id)}, which is not a storage");
        }

        TorchElement element = TorchElement.OfStorage(storageClass)
            ?? throw source.Malformed(0, $"storages of the class {storageClass} are not supported");
        return (element, KeyText(key), count);
    }

    /// <summary>A storage's key as text: keys are strings in two formats and numbers in the third.</summary>
    protected string KeyText(object? key) => key switch
    {
        string text => text,
        IFormattable number => number.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
        _ => throw source.Malformed(0, $"a storage has the invalid key {PickleText.Render(key)}"),
    };
}
