namespace Espalier.Formats;

/// <summary>PyTorch's zip format, its default from 1.6 on: <c>NAME/data.pkl</c>, and each storage as an uncompressed entry <c>NAME/data/KEY</c>.</summary>
/// <remarks><c>torch/serialization.py</c>, <c>_load</c>; <c>caffe2/serialize/inline_container.cc</c>.</remarks>
internal sealed class TorchZip : TorchContainer
{
    private const string PickleName = "data.pkl";

    private readonly ZipDirectory _directory;
    private readonly string _prefix;
    private readonly Dictionary<string, TorchStorage> _storages = [];

    public TorchZip(ByteSource source, in Limits limits) : base(source)
    {
        _directory = ZipDirectory.Read(source, limits);
        ZipEntry pickle = FindPickle();
        _prefix = pickle.Name[..^PickleName.Length];
        if (_directory.Find(_prefix + "constants.pkl") is not null)
        {
            throw source.Malformed(pickle.Start, "a TorchScript program (torch.jit.save), which holds code; save its state_dict() with torch.save instead");
        }

        RequireLittleEndian();
        Root = Unpickler.Read(new ByteCursor(_directory.Open(pickle)), limits);
    }

    /// <inheritdoc/>
    public override object Resolve(PickleReference reference)
    {
        (TorchElement element, string key, long count) = ReadStorageId(reference);
        if (_storages.TryGetValue(key, out TorchStorage? known))
        {
            return known.Element == element && known.Count == count
                ? known
                : throw Source.Malformed(0, $"storage {PickleText.Render(key)} is declared with two different types or sizes");
        }

        ZipEntry entry = _directory.Find($"{_prefix}data/{key}")
            ?? throw Source.Malformed(0, $"storage {PickleText.Render(key)} is missing from the archive");
        if (entry.Length % element.Size != 0 || entry.Length / element.Size != count)
        {
            throw Source.Malformed(entry.DataStart, $"storage {PickleText.Render(key)} should hold {count:N0} elements of {element.Size} bytes, but has {entry.Length:N0} bytes");
        }

        return _storages[key] = new TorchStorage(key, element, count, _directory.Open(entry));
    }

    private ZipEntry FindPickle()
    {
        List<ZipEntry> found = [.. _directory.Entries.Where(e => e.Name == PickleName
            || (e.Name.EndsWith("/" + PickleName, StringComparison.Ordinal) && e.Name.IndexOf('/') == e.Name.Length - PickleName.Length - 1))];
        if (found.Count == 1)
        {
            return found[0];
        }

        string names = string.Join(", ", _directory.Entries.Take(3).Select(e => PickleText.Render(e.Name)));
        throw Source.Malformed(0, found.Count == 0
            ? $"a zip archive, but not a PyTorch checkpoint: no data.pkl among its {_directory.Entries.Count} entries ({names})"
            : $"a zip archive with {found.Count} files data.pkl; a PyTorch checkpoint has one");
    }

    private void RequireLittleEndian()
    {
        if (_directory.Find(_prefix + "byteorder") is not { Length: <= 16 } entry)
        {
            return; // files of PyTorch before 2.1 have no such entry and are little-endian
        }

        ByteSource bytes = _directory.Open(entry);
        byte[] order = new byte[bytes.Length];
        bytes.Read(0, order);
        if (order.AsSpan().SequenceEqual("big"u8))
        {
            throw BigEndian();
        }
    }
}
