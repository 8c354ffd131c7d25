using System.Globalization;
using Espalier.Onnx.Proto;
using Espalier.Tensors;
using Google.Protobuf;

namespace Espalier.Onnx;

/// <summary>Writes an ONNX file whose parameters are in a second file: ONNX's external data.</summary>
internal static class ExternalDataFile
{
    private const string Suffix = ".data";
    private const int SmallestTensor = 1024; // bytes: shapes and other small constants stay, as in ONNX's own tools
    private const int Alignment = 4096; // so that runtimes can map each tensor

    /// <summary>Moves the parameters out of <paramref name="file"/> and writes both files: both or none.</summary>
    internal static void Write(ModelProto file, string path)
    {
        string data = path + Suffix;
        List<ByteString> moved = Separate(file.Graph, Path.GetFileName(data));
        bool isNew = !Path.Exists(data);
        try
        {
            // The data is in place before the model's file gets its name, and after that file is complete.
            AtomicFile.Write(path, stream =>
            {
                file.WriteTo(stream);
                AtomicFile.Write(data, to => Write(to, moved));
            });
        }
        catch when (isNew)
        {
            File.Delete(data);
            throw;
        }
    }

    private static List<ByteString> Separate(GraphProto graph, string location)
    {
        List<ByteString> moved = [];
        long offset = 0;
        foreach (TensorProto tensor in graph.Initializer.Where(tensor => tensor.RawData.Length >= SmallestTensor))
        {
            ByteString bytes = tensor.RawData;
            moved.Add(bytes);
            tensor.ClearRawData();
            tensor.DataLocation = TensorProto.Types.DataLocation.External;
            tensor.ExternalData.Add(Entry("location", location));
            tensor.ExternalData.Add(Entry("offset", offset.ToString(CultureInfo.InvariantCulture)));
            tensor.ExternalData.Add(Entry("length", bytes.Length.ToString(CultureInfo.InvariantCulture)));
            offset = Aligned(offset + bytes.Length);
        }

        return moved;
    }

    private static void Write(Stream stream, List<ByteString> tensors)
    {
        Span<byte> zeros = stackalloc byte[Alignment];
        zeros.Clear();
        long written = 0;
        foreach (ByteString bytes in tensors)
        {
            stream.Write(zeros[..(int)(Aligned(written) - written)]);
            stream.Write(bytes.Span);
            written = Aligned(written) + bytes.Length;
        }
    }

    private static long Aligned(long offset) => (offset + Alignment - 1) / Alignment * Alignment;

    private static StringStringEntryProto Entry(string key, string value) => new() { Key = key, Value = value };
}
