namespace Espalier.Formats;

/// <summary>Writes a state_dict in PyTorch's zip format, which PyTorch 1.6 and later load, also with <c>weights_only=True</c>.</summary>
/// <remarks>The same content as <c>torch.save(OrderedDict(...))</c>: see <c>torch/serialization.py</c>, <c>_save</c>. Equal tensors give identical files.</remarks>
public static class TorchZipWriter
{
    private const string Folder = "archive"; // the default of torch.save

    /// <summary>Writes a checkpoint file, atomically.</summary>
    /// <exception cref="EspalierException">The file cannot be written; an existing file stays unchanged.</exception>
    public static void Write(string path, StateDict tensors) => AtomicFile.Write(path, stream => Write(stream, tensors));

    /// <summary>Writes a checkpoint to a stream, which needs only be writable.</summary>
    public static void Write(Stream stream, StateDict tensors)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(tensors);
        Write(new ZipWriter(stream), tensors);
    }

    /// <summary>Writes the entries of a checkpoint to an archive and finishes the archive.</summary>
    internal static void Write(ZipWriter archive, StateDict tensors)
    {
        archive.Add($"{Folder}/data.pkl", Pickle(tensors));
        archive.Add($"{Folder}/byteorder", "little"u8);
        for (int i = 0; i < tensors.Count; i++)
        {
            archive.Add($"{Folder}/data/{Key(i)}", tensors[i].Value.Bytes.Span);
        }

        archive.Add($"{Folder}/version", "3\n"u8); // kProducedFileFormatVersion of PyTorch 1.6 and later
        archive.Finish();
    }

    private static byte[] Pickle(StateDict tensors)
    {
        var pickle = new PickleWriter();
        EmptyOrderedDict(pickle);
        pickle.Emit(PickleOpcode.Mark);
        for (int i = 0; i < tensors.Count; i++)
        {
            pickle.Text(tensors[i].Key);
            Tensor(pickle, tensors[i].Value, Key(i));
        }

        pickle.Emit(PickleOpcode.SetItems);
        return pickle.Finish();
    }

    /// <summary>Writes a call of <c>_rebuild_tensor_v2(storage, offset, sizes, strides, requires_grad, backward_hooks)</c>.</summary>
    private static void Tensor(PickleWriter pickle, Tensor tensor, string key)
    {
        pickle.Global("torch._utils", "_rebuild_tensor_v2");
        pickle.Emit(PickleOpcode.Mark);
        Storage(pickle, tensor, key);
        pickle.Integer(0);
        pickle.Integers(tensor.Shape.Extents.Select(e => (long)e));
        pickle.Integers(Strides(tensor.Shape));
        pickle.Emit(PickleOpcode.NewFalse);
        EmptyOrderedDict(pickle);
        pickle.Emit(PickleOpcode.Tuple);
        pickle.Emit(PickleOpcode.Reduce);
    }

    /// <summary>Writes the persistent id <c>('storage', class, key, location, count)</c>.</summary>
    private static void Storage(PickleWriter pickle, Tensor tensor, string key)
    {
        pickle.Emit(PickleOpcode.Mark);
        pickle.Text("storage");
        pickle.Global("torch", TorchElement.Of(tensor.Type).Storage);
        pickle.Text(key);
        pickle.Text("cpu");
        pickle.Integer(tensor.Shape.Count);
        pickle.Emit(PickleOpcode.Tuple);
        pickle.Emit(PickleOpcode.BinPersistentId);
    }

    private static void EmptyOrderedDict(PickleWriter pickle)
    {
        pickle.Global("collections", "OrderedDict");
        pickle.Emit(PickleOpcode.EmptyTuple);
        pickle.Emit(PickleOpcode.Reduce);
    }

    private static long[] Strides(Shape shape)
    {
        long[] strides = new long[shape.Rank];
        long stride = 1;
        for (int i = shape.Rank - 1; i >= 0; i--)
        {
            strides[i] = stride;
            stride *= Math.Max(1, shape[i]); // PyTorch's convention for empty tensors
        }

        return strides;
    }

    private static string Key(int index) => index.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
