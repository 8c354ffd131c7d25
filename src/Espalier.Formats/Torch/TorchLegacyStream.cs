using System.Globalization;
using System.Numerics;

namespace Espalier.Formats;

/// <summary>
/// The stream format of PyTorch 0.2 to 1.5: five pickles (magic number, protocol, system, the object, the storages' keys), then
/// each storage as its element count and its bytes.
/// </summary>
/// <remarks><c>torch/serialization.py</c>, <c>_legacy_save</c> and <c>_legacy_load</c>.</remarks>
internal sealed class TorchLegacyStream : TorchContainer
{
    private const long ProtocolVersion = 1001;

    // MAGIC_NUMBER of torch/serialization.py; the leading 0 keeps it positive.
    private static readonly BigInteger Magic = BigInteger.Parse("01950a86a20f9469cfc6c", NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    // The magic number's pickle takes 14 bytes in protocol 2, and 40 at most in any other.
    private const int LongestMagicPickle = 64;

    private readonly Dictionary<string, TorchStorage> _storages = [];

    public TorchLegacyStream(ByteSource source, in Limits limits) : base(source)
    {
        var cursor = new ByteCursor(source);
        Unpickler.Read(cursor, limits);
        if (Unpickler.Read(cursor, limits) is not ProtocolVersion)
        {
            throw source.Malformed(cursor.Position, $"a legacy PyTorch stream whose protocol is not {ProtocolVersion}");
        }

        if (PickleObjects.Entry(Unpickler.Read(cursor, limits), "little_endian") is false)
        {
            throw BigEndian();
        }

        Root = Unpickler.Read(cursor, limits, out IReadOnlyList<PickleReference> references);
        if (Unpickler.Read(cursor, limits) is not PickleList keys)
        {
            throw source.Malformed(cursor.Position, "a legacy PyTorch stream without the list of its storages");
        }

        ReadStorages(cursor, keys, Declared(references));
    }

    /// <summary>Whether the bytes begin with a pickle of the magic number, in any protocol.</summary>
    public static bool Begins(ByteSource source, in Limits limits)
    {
        try
        {
            ByteSource start = source.Part(0, Math.Min(source.Length, LongestMagicPickle));
            return Unpickler.Read(new ByteCursor(start), limits) is BigInteger number && number == Magic;
        }
        catch (MalformedInputException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public override object Resolve(PickleReference reference)
    {
        (TorchElement element, string key, long count) = ReadStorageId(reference);
        TorchStorage storage = _storages.GetValueOrDefault(key)
            ?? throw Source.Malformed(0, $"storage {PickleText.Render(key)} is missing from the file");
        if (storage.Element != element || storage.Count != count)
        {
            throw Source.Malformed(0, $"storage {PickleText.Render(key)} is declared with two different types or sizes");
        }

        // The sixth part is None, or (key, offset, count) of a storage that is a view of another (PyTorch 0.2 and 0.3).
        return ((PickleTuple)reference.Id!).Items is [_, _, _, _, _, { } window, ..] ? View(storage, window) : storage;
    }

    private TorchStorage View(TorchStorage root, object window)
    {
        if (window is not PickleTuple { Items: [_, long offset, long count] }
            || offset < 0 || count < 0 || offset > root.Count || count > root.Count - offset)
        {
            throw Source.Malformed(0, $"{PickleText.Render(window)} is not a valid view of storage {PickleText.Render(root.Key)} of {root.Count} elements");
        }

        int size = root.Element.Size;
        return root with { Count = count, Bytes = root.Bytes.Part(offset * size, count * size) };
    }

    private Dictionary<string, (TorchElement Element, long Count)> Declared(IReadOnlyList<PickleReference> references)
    {
        var declared = new Dictionary<string, (TorchElement, long)>();
        foreach (PickleReference reference in references)
        {
            if (reference.Id is PickleTuple { Items: ["storage", ..] })
            {
                (TorchElement element, string key, long count) = ReadStorageId(reference);
                declared[key] = (element, count);
            }
        }

        return declared;
    }

    private void ReadStorages(ByteCursor cursor, PickleList keys, Dictionary<string, (TorchElement Element, long Count)> declared)
    {
        foreach (object? item in keys.Items)
        {
            string key = KeyText(item);
            if (!declared.TryGetValue(key, out (TorchElement Element, long Count) storage))
            {
                throw Source.Malformed(cursor.Position, $"storage {PickleText.Render(key)} is not used by any saved tensor");
            }

            long position = cursor.Position;
            long count = cursor.ReadInt64();
            if (count != storage.Count)
            {
                throw Source.Malformed(position, $"storage {PickleText.Render(key)} has {count} elements here and {storage.Count} where it is used");
            }

            if (count > cursor.Left / storage.Element.Size)
            {
                throw Source.Malformed(cursor.Position, $"truncated: storage {PickleText.Render(key)} has {count:N0} elements of {storage.Element.Size} bytes, but the file ends after {cursor.Left:N0} bytes of them");
            }

            long length = count * storage.Element.Size;
            if (!_storages.TryAdd(key, new TorchStorage(key, storage.Element, count, Source.Part(cursor.Position, length))))
            {
                throw Source.Malformed(position, $"storage {PickleText.Render(key)} is stored twice");
            }

            cursor.Skip(length);
        }
    }
}
