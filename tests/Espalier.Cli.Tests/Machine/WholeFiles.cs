using System.Text.Json;
using Espalier.Formats;
using Espalier.Imaging;
using Espalier.Onnx;
using Espalier.Training;

namespace Espalier.Cli.Tests.Machine;

/// <summary>Looks whether the files of a folder are whole.</summary>
internal static class WholeFiles
{
    internal const string Old = "what was here before";

    /// <summary>Every file that is not temporary, except logs and locks: whole, or the old one.</summary>
    internal static void Require(string folder, string where)
    {
        foreach (string file in Files(folder).Where(file => !IsTemporary(file)))
        {
            byte[] bytes = File.ReadAllBytes(file);
            Assert.True(bytes.AsSpan().SequenceEqual(System.Text.Encoding.UTF8.GetBytes(Old)) || IsWhole(file, bytes), $"{file} has {bytes.Length} bytes and is not whole; {where}");
        }
    }

    /// <summary>Nothing temporary is left, except the part of a download.</summary>
    internal static void RequireNoneTemporary(string folder, string where, bool partsToo = true) =>
        Assert.True(!Files(folder).Any(file => IsTemporary(file) && (partsToo || !file.EndsWith(".part", StringComparison.Ordinal))), $"left: {string.Join(", ", Files(folder))}; {where}");

    /// <summary>The files of a folder and below it, without logs and locks.</summary>
    internal static string[] Files(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(file => !Path.GetFileName(file).StartsWith("events.out.", StringComparison.Ordinal) && !file.EndsWith(".lock", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    /// <summary>Whether a temporary file is there. The folder changes meanwhile.</summary>
    internal static bool HasTemporary(string folder)
    {
        try
        {
            return Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Any(IsTemporary);
        }
        catch (DirectoryNotFoundException)
        {
            return false;
        }
    }

    private static bool IsTemporary(string file) => Path.GetExtension(file) is ".tmp" or ".part";

    private static bool IsWhole(string file, byte[] bytes)
    {
        string name = Path.GetFileName(file);
        switch (Path.GetExtension(file))
        {
            case ".espalier" when name == "checkpoint.espalier":
                return TrainingCheckpoint.Read(bytes, name).Position.Epoch >= 0; // with its SHA-256
            case ".espalier":
                return ModelFile.Read(bytes, name).Parameters.Values.All(parameter => parameter.Value.Bytes.Span.Length > 0);
            case ".pth" or ".safetensors":
                return name.StartsWith("published-", StringComparison.Ordinal) || CheckpointReader.Read(file).StateDict.All(tensor => tensor.Value.Bytes.Span.Length > 0);
            case ".onnx":
                return OnnxReader.Read(file).Model.Parameters.Values.All(parameter => parameter.Value.Bytes.Span.Length > 0);
            case ".npy":
                return NpyFile.Read(file).Shape.Count > 0;
            case ".png":
                return ImageDecoder.Decode(bytes).Width > 0;
            case ".json":
                using (JsonDocument.Parse(bytes))
                {
                    return true;
                }

            case ".svg":
                return System.Text.Encoding.UTF8.GetString(bytes).TrimEnd().EndsWith("</svg>", StringComparison.Ordinal);
            case ".html":
                return System.Text.Encoding.UTF8.GetString(bytes).TrimEnd().EndsWith("</html>", StringComparison.Ordinal);
            case ".csv" or ".txt":
                return bytes.Length > 0 && (name == "command.txt" || bytes[^1] == '\n');
            default:
                throw new InvalidOperationException($"{file} is of no kind that a verb writes");
        }
    }
}
