using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Espalier.Formats;

/// <summary>The index of a checkpoint in several files: <c>model.safetensors.index.json</c> or <c>pytorch_model.bin.index.json</c>, as Hugging Face's libraries write it.</summary>
/// <param name="Path">The path of the index.</param>
/// <param name="WeightMap">The tensors' names and the file of each, which lies in the folder of the index.</param>
internal sealed record ShardIndex(string Path, IReadOnlyList<KeyValuePair<string, string>> WeightMap)
{
    private const string Map = "weight_map";
    private const int MostShards = 1000; // the largest published models have about two hundred

    /// <summary>The names of the files, in the order of their first tensors.</summary>
    internal IReadOnlyList<string> Files => [.. WeightMap.Select(entry => entry.Value).Distinct(StringComparer.Ordinal)];

    /// <summary>Reads an index; returns <see langword="null"/> if the file is something else than JSON with a <c>weight_map</c>.</summary>
    /// <exception cref="MalformedInputException">The index names a file outside its folder, or exceeds the limits.</exception>
    internal static ShardIndex? TryRead(string path, ByteSource source, in Limits limits)
    {
        byte[] first = new byte[(int)Math.Min(OtherFiles.StartBytes, source.Length)];
        source.Read(0, first);
        if (!first.AsSpan().TrimStart(" \t\r\n"u8).StartsWith("{"u8) || source.Length > limits.HeaderBytes)
        {
            return null;
        }

        byte[] bytes = new byte[(int)source.Length];
        source.Read(0, bytes);
        try
        {
            using JsonDocument? json = Utf8.IsValid(bytes) ? JsonDocument.Parse(Encoding.UTF8.GetString(bytes), new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = limits.Depth }) : null;
            return json?.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty(Map, out JsonElement map) && map.ValueKind == JsonValueKind.Object
                ? new ShardIndex(path, Read(map, source, limits))
                : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null; // InvalidOperationException: an unpaired surrogate
        }
    }

    /// <summary>Reads all files, each under the limits, and joins their tensors in the order of the index.</summary>
    /// <exception cref="MalformedInputException">A file is damaged or lacks a tensor of the index, or all tensors together exceed the limit.</exception>
    /// <exception cref="EspalierException">A file is missing or cannot be read.</exception>
    internal Checkpoint Load(CheckpointOptions options)
    {
        var shards = new Dictionary<string, Checkpoint>(StringComparer.Ordinal);
        long left = options.Limits.TensorBytes;
        foreach (string file in Files)
        {
            Checkpoint read = CheckpointReader.ReadFile(PathOf(file), options with { KeepPrefixes = true, Limits = options.Limits with { TensorBytes = left } });
            left -= read.StateDict.Sum(tensor => tensor.Value.Bytes.Length);
            shards.Add(file, read);
        }

        string prefix = options.KeepPrefixes ? "" : CheckpointNames.CommonPrefix([.. WeightMap.Select(entry => entry.Key)]);
        return new Checkpoint(shards[Files[0]].Format, new StateDict(WeightMap.Select(entry => KeyValuePair.Create(CheckpointNames.WithoutPrefix(entry.Key, prefix), Find(shards[entry.Value], entry)))), "", []);
    }

    /// <summary>The path of a part.</summary>
    /// <exception cref="EspalierException">It does not exist.</exception>
    internal string PathOf(string file)
    {
        string folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!;
        string path = System.IO.Path.Combine(folder, file);
        return File.Exists(path) ? path : throw new EspalierException($"cannot read {Path}: its part {file} ({Files.ToList().IndexOf(file) + 1} of {Files.Count}) is not in {folder}");
    }

    private Tensor Find(Checkpoint shard, KeyValuePair<string, string> entry) => shard.StateDict.TryGet(entry.Key, out Tensor? tensor)
        ? tensor
        : throw new MalformedInputException(System.IO.Path.GetFileName(Path), null, $"it says that {entry.Value} has the tensor '{PickleText.Clean(entry.Key)}', which is not there");

    private static List<KeyValuePair<string, string>> Read(JsonElement map, ByteSource source, in Limits limits)
    {
        var entries = new List<KeyValuePair<string, string>>();
        var files = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonProperty property in map.EnumerateObject())
        {
            string file = property.Value.ValueKind == JsonValueKind.String ? property.Value.GetString()! : "";
            if (!IsInFolder(file))
            {
                throw source.Malformed(0, $"the index of a checkpoint in parts names '{PickleText.Clean(file)}'; expected a file in its own folder");
            }

            files.Add(file);
            entries.Add(new(property.Name, file));
            if (entries.Count > limits.TensorCount || files.Count > MostShards || property.Name.Length > limits.NameLength)
            {
                throw source.Malformed(0, $"the index of a checkpoint in parts has more than {limits.TensorCount:N0} tensors, {MostShards} parts or {limits.NameLength:N0} characters in a name, the limits");
            }
        }

        return entries.Count > 0 ? entries : throw source.Malformed(0, "the index of a checkpoint in parts lists no tensors");
    }

    /// <summary>Whether a name is that of a file in the folder itself: no path, no drive, no device.</summary>
    private static bool IsInFolder(string file) =>
        file.Length is > 0 and <= 255 && file is not ("." or "..") && !file.AsSpan().ContainsAny('/', '\\', ':') && !file.Any(char.IsControl);
}
