using System.Globalization;

namespace Espalier.Formats;

/// <summary>The tar format of PyTorch 0.1, in which torchvision's first weights were published: members <c>sys_info</c>, <c>pickle</c>, <c>tensors</c>, <c>storages</c>.</summary>
/// <remarks>
/// <c>torch/serialization.py</c>, <c>legacy_load</c>. The member <c>storages</c> is a count, then for each storage a pickle of (key, location, class), its
/// element count and its bytes, then a pickle of those storages that are views of others. The member <c>tensors</c> is a count, then
/// for each tensor a pickle of (key, storage's key, class), its rank, sizes, strides and offset. Persistent ids are these tensors' keys.
/// </remarks>
internal sealed class TorchLegacyTar : TorchContainer
{
    private readonly Limits _limits;
    private readonly Dictionary<string, TorchStorage> _storages = [];
    private readonly Dictionary<string, TensorView> _tensors = [];

    public TorchLegacyTar(ByteSource source, in Limits limits) : base(source)
    {
        _limits = limits;
        Dictionary<string, ByteSource> members = TarDirectory.Read(source, limits);
        object? system = Unpickler.Read(new ByteCursor(Member(members, "sys_info")), limits);
        if (PickleObjects.Entry(system, "little_endian") is false)
        {
            throw BigEndian();
        }

        ReadStorages(new ByteCursor(Member(members, "storages")));
        ReadTensors(new ByteCursor(Member(members, "tensors")));
        Root = Unpickler.Read(new ByteCursor(Member(members, "pickle")), limits);
    }

    /// <inheritdoc/>
    public override bool IsTensor(PickleReference reference) => reference.Id is string key && _tensors.ContainsKey(key);

    /// <inheritdoc/>
    public override object Resolve(PickleReference reference)
    {
        string key = KeyText(reference.Id);
        return _tensors.TryGetValue(key, out TensorView? tensor) ? tensor
            : _storages.TryGetValue(key, out TorchStorage? storage) ? storage
            : throw Source.Malformed(0, $"{PickleText.Render(key)} is neither a tensor nor a storage of this file");
    }

    private ByteSource Member(Dictionary<string, ByteSource> members, string name) =>
        members.GetValueOrDefault(name)
        ?? throw Source.Malformed(0, $"a tar archive, but not a PyTorch checkpoint: it has no member '{name}' (its members are {string.Join(", ", members.Keys.Take(4).Select(PickleText.Render))})");

    private void ReadStorages(ByteCursor cursor)
    {
        long count = ReadCount(cursor);
        for (long i = 0; i < count; i++)
        {
            if (Unpickler.Read(cursor, _limits) is not PickleTuple { Items: [var id, _, PickleGlobal storageClass] })
            {
                throw cursor.Source.Malformed(cursor.Position, "expected a storage here");
            }

            TorchElement element = TorchElement.OfStorage(storageClass)
                ?? throw cursor.Source.Malformed(cursor.Position, $"storages of the class {storageClass} are not supported");
            long elements = cursor.ReadInt64();
            if (elements < 0 || elements > cursor.Left / element.Size)
            {
                throw cursor.Source.Malformed(cursor.Position, $"truncated: a storage has {elements:N0} elements of {element.Size} bytes, but only {cursor.Left:N0} bytes are left");
            }

            string key = KeyText(id);
            long length = elements * element.Size;
            AddStorage(cursor, new TorchStorage(key, element, elements, cursor.Source.Part(cursor.Position, length)));
            cursor.Skip(length);
        }

        ReadWindows(cursor);
    }

    private void ReadWindows(ByteCursor cursor)
    {
        if (Unpickler.Read(cursor, _limits) is not PickleList windows)
        {
            throw cursor.Source.Malformed(cursor.Position, "the list of storages that are views of others is missing");
        }

        foreach (object? window in windows.Items)
        {
            if (window is not PickleTuple { Items: [var id, var rootId, long offset, long count] }
                || !_storages.TryGetValue(KeyText(rootId), out TorchStorage? root)
                || offset < 0 || count < 0 || offset > root.Count || count > root.Count - offset)
            {
                throw cursor.Source.Malformed(cursor.Position, $"{PickleText.Render(window)} is not a view of a storage of this file");
            }

            int size = root.Element.Size;
            AddStorage(cursor, new TorchStorage(KeyText(id), root.Element, count, root.Bytes.Part(offset * size, count * size)));
        }
    }

    private void AddStorage(ByteCursor cursor, TorchStorage storage)
    {
        if (!_storages.TryAdd(storage.Key, storage))
        {
            throw cursor.Source.Malformed(cursor.Position, $"storage {PickleText.Render(storage.Key)} is stored twice");
        }
    }

    private void ReadTensors(ByteCursor cursor)
    {
        long count = ReadCount(cursor);
        for (long i = 0; i < count; i++)
        {
            if (Unpickler.Read(cursor, _limits) is not PickleTuple { Items: [var id, var storageId, PickleGlobal] }
                || !_storages.TryGetValue(KeyText(storageId), out TorchStorage? storage))
            {
                throw cursor.Source.Malformed(cursor.Position, "expected a tensor here, or its storage is missing");
            }

            long position = cursor.Position;
            int rank = cursor.ReadInt32();
            cursor.Skip(sizeof(int)); // the rank was once written as eight bytes
            if (rank < 0 || rank > _limits.TensorRank)
            {
                throw cursor.Source.Malformed(position, $"a tensor of rank {rank.ToString(CultureInfo.InvariantCulture)}; the limit is {_limits.TensorRank}");
            }

            long[] sizes = ReadNumbers(cursor, rank);
            long[] strides = ReadNumbers(cursor, rank);
            if (!_tensors.TryAdd(KeyText(id), new TensorView(storage, cursor.ReadInt64(), sizes, strides)))
            {
                throw cursor.Source.Malformed(position, $"tensor {PickleText.Render(id)} is stored twice");
            }
        }
    }

    private long ReadCount(ByteCursor cursor) =>
        Unpickler.Read(cursor, _limits) is long count && count >= 0 && count <= _limits.TensorCount
            ? count
            : throw cursor.Source.Malformed(cursor.Position, $"expected a count that is at most the limit of {_limits.TensorCount:N0}");

    private static long[] ReadNumbers(ByteCursor cursor, int count)
    {
        long[] numbers = new long[count];
        for (int i = 0; i < count; i++)
        {
            numbers[i] = cursor.ReadInt64();
        }

        return numbers;
    }
}
