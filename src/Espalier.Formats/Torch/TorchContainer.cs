namespace Espalier.Formats;

/// <summary>One of PyTorch's three file forms, unpickled: the saved object, and what its persistent ids stand for.</summary>
internal abstract class TorchContainer(ByteSource source)
{
    /// <summary>The file.</summary>
    public ByteSource Source => source;

    /// <summary>What was saved, as inert data.</summary>
    public object? Root { get; protected init; }

    /// <summary>The <see cref="TorchStorage"/> or <see cref="TensorView"/> that a persistent id stands for.</summary>
    /// <exception cref="MalformedInputException">It stands for neither.</exception>
    public abstract object Resolve(PickleReference reference);

    /// <summary>Whether a persistent id stands for a whole tensor, as in the tar form alone.</summary>
    public virtual bool IsTensor(PickleReference reference) => false;

    /// <summary>Refuses files from machines that store the most significant byte first.</summary>
    protected MalformedInputException BigEndian() => source.Malformed(0, "the numbers are stored big-endian (most significant byte first); only little-endian checkpoints are read");

    /// <summary>The parts of <c>('storage', class, key, location, count, …)</c>.</summary>
    protected (TorchElement Element, string Key, long Count) ReadStorageId(PickleReference reference)
    {
        if (reference.Id is not PickleTuple { Items: ["storage", PickleGlobal storageClass, var key, _, long count, ..] } || count < 0)
        {
            throw source.Malformed(0, $"a tensor looks at {PickleText.Render(reference.Id)}, which is no storage");
        }

        TorchElement element = TorchElement.OfStorage(storageClass)
            ?? throw source.Malformed(0, $"storages of the class {storageClass} are not read");
        return (element, KeyText(key), count);
    }

    /// <summary>Keys are strings in two forms of file and numbers in the third.</summary>
    protected string KeyText(object? key) => key switch
    {
        string text => text,
        IFormattable number => number.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
        _ => throw source.Malformed(0, $"a storage is called {PickleText.Render(key)}"),
    };
}
