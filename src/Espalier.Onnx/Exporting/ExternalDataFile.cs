using System.Globalization;
using System.Security.Cryptography;
using Espalier.Onnx.Proto;
using Espalier.Tensors;
using Google.Protobuf;

namespace Espalier.Onnx;

/// <summary>Writes an ONNX file whose parameters are in a second file: ONNX's external data.</summary>
/// <remarks>
/// The second file is named by the digest of its content, <c>NAME.onnx.DIGEST.data</c>, so that it never replaces the one that an old file reads: whenever the writing ends, the old file has its old parameters, or
/// the new one its new ones.
/// </remarks>
internal static class ExternalDataFile
{
    private const string Suffix = ".data";
    private const int DigestLength = 16; // hexadecimal digits of SHA-256
    private const int SmallestTensor = 1024; // bytes: shapes and other small constants stay, as in ONNX's own tools
    private const int Alignment = 4096; // so that runtimes can map each tensor
    private const long LargestReplaced = 256 << 20; // bytes of an old file that is read for the name of its data: without its parameters it is small

    private delegate void Writing(ReadOnlySpan<byte> bytes);

    /// <summary>Moves the parameters out of <paramref name="file"/> and writes both files: both or none. The parameters of the file that is replaced are deleted if this method has written them.</summary>
    internal static void Write(ModelProto file, string path)
    {
        List<ByteString> moved = [.. Large(file.Graph).Select(tensor => tensor.RawData)];
        string name = $"{Path.GetFileName(path)}.{Digest(moved)}{Suffix}";
        Separate(file.Graph, name);
        string data = Beside(path, name);
        string? replaced = DataOf(path);
        bool isNew = !Path.Exists(data);
        try
        {
            // The data is in place before the model's file gets its name, and after that file is complete.
            AtomicFile.Write(path, stream =>
            {
                file.WriteTo(stream);
                AtomicFile.Write(data, to => Write(to.Write, moved));
            });
        }
        catch when (isNew)
        {
            File.Delete(data);
            throw;
        }

        if (replaced is not null && replaced != name)
        {
            Delete(Beside(path, replaced));
        }
    }

    private static string Beside(string path, string name) => Path.Combine(Path.GetDirectoryName(path) ?? "", name);

    private static IEnumerable<TensorProto> Large(GraphProto graph) => graph.Initializer.Where(tensor => tensor.RawData.Length >= SmallestTensor);

    private static string Digest(List<ByteString> tensors)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Write(hash.AppendData, tensors);
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..DigestLength];
    }

    private static void Separate(GraphProto graph, string location)
    {
        long offset = 0;
        foreach (TensorProto tensor in Large(graph).ToArray())
        {
            int length = tensor.RawData.Length;
            tensor.ClearRawData();
            tensor.DataLocation = TensorProto.Types.DataLocation.External;
            tensor.ExternalData.Add(Entry("location", location));
            tensor.ExternalData.Add(Entry("offset", offset.ToString(CultureInfo.InvariantCulture)));
            tensor.ExternalData.Add(Entry("length", length.ToString(CultureInfo.InvariantCulture)));
            offset = Aligned(offset + length);
        }
    }

    private static void Write(Writing write, List<ByteString> tensors)
    {
        Span<byte> zeros = stackalloc byte[Alignment];
        zeros.Clear();
        long written = 0;
        foreach (ByteString bytes in tensors)
        {
            write(zeros[..(int)(Aligned(written) - written)]);
            write(bytes.Span);
            written = Aligned(written) + bytes.Length;
        }
    }

    /// <summary>The name of the file of parameters that the file at a path reads, if this class has given it: one of another name may belong to several files.</summary>
    private static string? DataOf(string path)
    {
        try
        {
            return new FileInfo(path) is { Exists: true, Length: <= LargestReplaced }
                ? OnnxFile.Open(path, Limits.Default).Model.Graph.Initializer
                    .SelectMany(tensor => tensor.ExternalData).FirstOrDefault(entry => entry.Key == "location" && IsOwn(entry.Value, Path.GetFileName(path)))?.Value
                : null;
        }
        catch (EspalierException)
        {
            return null; // something else lies there
        }
    }

    /// <summary>Whether a file of parameters has a name by its content, or that of earlier versions, <c>NAME.onnx.data</c>.</summary>
    private static bool IsOwn(string name, string file) => name == file + Suffix
        || (name.Length == file.Length + 1 + DigestLength + Suffix.Length && name.StartsWith(file + ".", StringComparison.Ordinal) && name.EndsWith(Suffix, StringComparison.Ordinal)
            && name[(file.Length + 1)..^Suffix.Length].All(char.IsAsciiHexDigitLower));

    private static void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Both new files are complete; that an old one stays does not matter.
        }
    }

    private static long Aligned(long offset) => (offset + Alignment - 1) / Alignment * Alignment;

    private static StringStringEntryProto Entry(string key, string value) => new() { Key = key, Value = value };
}
