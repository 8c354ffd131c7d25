using System.Globalization;
using Espalier.Formats;
using Espalier.Onnx.Proto;
using Espalier.Tensors;

namespace Espalier.Onnx;

/// <summary>Where a tensor's bytes lie in another file, which has to be in the model's folder.</summary>
/// <remarks>A location with a drive, a root or <c>..</c>, and a link that leads out of the folder, are refused (CVE-2022-25882, CVE-2024-27318, CVE-2024-5187).</remarks>
/// <param name="Path">The file, an existing one.</param>
/// <param name="Offset">Offset of the first byte.</param>
/// <param name="Length">Number of bytes, or <see langword="null"/> for as many as the tensor has.</param>
internal readonly record struct ExternalData(string Path, long Offset, long? Length)
{
    /// <summary>Reads the entries of a tensor and finds the file.</summary>
    /// <exception cref="MalformedInputException">The location lies outside the folder or does not exist, or a number is no number.</exception>
    internal static ExternalData Of(TensorProto tensor, OnnxFile file)
    {
        string? location = null;
        (long offset, long? length) = (0, null);
        foreach (StringStringEntryProto entry in tensor.ExternalData)
        {
            switch (entry.Key)
            {
                case "location":
                    location = entry.Value;
                    break;
                case "offset":
                    offset = Number(entry, tensor, file);
                    break;
                case "length":
                    length = Number(entry, tensor, file);
                    break;
            }
        }

        return new ExternalData(Find(location ?? "", tensor, file), offset, length);
    }

    /// <summary>The tensor's bytes.</summary>
    /// <exception cref="MalformedInputException">The file has not as many.</exception>
    /// <exception cref="EspalierException">The file cannot be read.</exception>
    internal Memory<byte> Read(int expected, string tensor, in Limits limits)
    {
        using ByteSource source = ByteSource.Open(Path, limits);
        if (Length is long length && length != expected)
        {
            MalformedInputException.Throw(source.Name, Offset, $"tensor '{OnnxFile.Shown(tensor)}' takes {expected} bytes, but its external data has {length}");
        }

        (string path, long offset) = (Path, Offset);
        return FileErrors.Read(path, () => source.ReadBlock(offset, expected));
    }

    private static long Number(StringStringEntryProto entry, TensorProto tensor, OnnxFile file) =>
        long.TryParse(entry.Value, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw file.Malformed($"tensor '{OnnxFile.Shown(tensor.Name)}' has the {entry.Key} '{OnnxFile.Shown(entry.Value)}' of external data, which is no number of bytes");

    private static string Find(string location, TensorProto tensor, OnnxFile file)
    {
        string what = $"tensor '{OnnxFile.Shown(tensor.Name)}' lies in '{OnnxFile.Shown(location)}'";
        if (file.Folder is null)
        {
            throw file.Malformed($"{what}, but this model has no folder: read it by its path");
        }

        string[] parts = location.Split('/', '\\');
        if (location.Length == 0 || location.Any(c => c == ':' || char.IsControl(c)) || parts.Any(part => part is "" or ".."))
        {
            throw file.Malformed($"{what}; expected a file in the model's own folder");
        }

        string path = Inside(file, location, what);
        return File.Exists(path) ? path : throw file.Malformed($"{what}, which is not beside the model");
    }

    /// <summary>The file without links, which lead to a place in the folder.</summary>
    private static string Inside(OnnxFile file, string location, string what)
    {
        string path = System.IO.Path.Combine(file.Folder!, location.Replace('\\', '/'));
        (string? folder, string? real) = FileErrors.Read(path, () => (RealPath.Of(file.Folder!), RealPath.Of(path)));
        if (folder is null || real is null)
        {
            throw file.Malformed($"{what}, which leads through more links than the system follows");
        }

        return real.StartsWith(System.IO.Path.TrimEndingDirectorySeparator(folder) + System.IO.Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? real
            : throw file.Malformed($"{what}, a link that leads out of the model's folder");
    }
}
