using System.Text.Json;
using System.Text.Unicode;

namespace Espalier.Formats;

/// <summary>The header of a safetensors file: names, types, shapes and positions of its tensors, checked against each other and the file's length.</summary>
/// <remarks>
/// The format (github.com/huggingface/safetensors, README "Format"): 8 bytes little-endian length of the header, the header as a JSON object, then the data.
/// Keys are unique, and the tensors' bytes fill the data without gaps or overlaps.
/// </remarks>
internal sealed class SafetensorsHeader
{
    /// <summary>Bytes of the header length at the beginning of the file.</summary>
    public const int LengthBytes = sizeof(ulong);

    /// <summary>The only key that is not a tensor.</summary>
    public const string MetadataKey = "__metadata__";

    private readonly string _source;
    private readonly Limits _limits;
    private readonly List<SafetensorsEntry> _entries = [];
    private readonly List<CheckpointNote> _unreadable = [];
    private readonly List<(string Name, long Begin, long End)> _ranges = [];
    private readonly List<KeyValuePair<string, string>> _metadata = [];

    private SafetensorsHeader(string source, Limits limits)
    {
        _source = source;
        _limits = limits;
    }

    /// <summary>The tensors of supported types in the header's order.</summary>
    public IReadOnlyList<SafetensorsEntry> Entries => _entries;

    /// <summary>The names of the tensors of other types, and their types.</summary>
    public IReadOnlyList<CheckpointNote> Unreadable => _unreadable;

    /// <summary>The metadata in the header's order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Metadata => _metadata;

    /// <summary>Checks the header length at the beginning of the file against the limits and the file's length.</summary>
    public static int RequireLength(string source, ulong length, long fileLength, in Limits limits)
    {
        if (length > (ulong)limits.HeaderBytes || length > int.MaxValue)
        {
            MalformedInputException.Throw(source, 0, $"a safetensors header of {length:N0} bytes; the limit is {limits.HeaderBytes:N0}");
        }

        if ((long)length > fileLength - LengthBytes)
        {
            MalformedInputException.Throw(source, 0, $"truncated: a safetensors header of {length:N0} bytes in a file of {fileLength:N0}");
        }

        return (int)length;
    }

    /// <summary>Parses a header that is followed by <paramref name="dataLength"/> bytes.</summary>
    public static SafetensorsHeader Parse(string source, ReadOnlyMemory<byte> json, long dataLength, in Limits limits)
    {
        var header = new SafetensorsHeader(source, limits);
        if (!Utf8.IsValid(json.Span))
        {
            throw header.Error("the safetensors header is not UTF-8");
        }

        if (json.IsEmpty || json.Span[0] != (byte)'{')
        {
            throw header.Error("the safetensors header must begin with '{'");
        }

        try
        {
            var options = new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = limits.Depth };
            using JsonDocument document = JsonDocument.Parse(json, options);
            header.ReadEntries(document.RootElement);
        }
        catch (JsonException error)
        {
            throw header.Error($"the safetensors header is not valid JSON: {PickleText.Clean(error.Message)}");
        }
        catch (InvalidOperationException)
        {
            // JsonElement.GetString and GetPropertyName throw this for an unpaired surrogate.
            throw header.Error("the safetensors header has a string that is not valid Unicode");
        }

        header.RequireCovered(dataLength);
        if (header._entries.Count == 0 && header._unreadable.Count > 0)
        {
            throw header.Error(header._unreadable[0].Text);
        }

        return header;
    }

    private void ReadEntries(JsonElement root)
    {
        foreach (JsonProperty property in root.EnumerateObject())
        {
            if (property.Name == MetadataKey)
            {
                ReadMetadata(property.Value);
            }
            else
            {
                ReadEntry(property.Name, property.Value);
            }

            if (_ranges.Count > _limits.TensorCount)
            {
                throw Error($"more than {_limits.TensorCount:N0} tensors, the limit");
            }
        }
    }

    private void ReadMetadata(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            return; // some writers' way of saying that there is none
        }

        Require(value.ValueKind == JsonValueKind.Object, MetadataKey, "is no object");
        foreach (JsonProperty property in value.EnumerateObject())
        {
            Require(property.Value.ValueKind == JsonValueKind.String, MetadataKey, $"has a value under '{PickleText.Clean(property.Name)}' that is not a string");
            _metadata.Add(new(property.Name, property.Value.GetString()!));
        }
    }

    private void ReadEntry(string name, JsonElement value)
    {
        Require(name.Length <= _limits.NameLength, name, $"has a name of {name.Length:N0} characters; the limit is {_limits.NameLength:N0}");
        Require(value.ValueKind == JsonValueKind.Object && value.EnumerateObject().Count() == 3, name, "is not an object of dtype, shape and data_offsets");
        string dtype = Field(name, value, "dtype", JsonValueKind.String).GetString()!;
        Shape shape = ReadShape(name, value);
        long[] offsets = ReadNumbers(name, value, "data_offsets");
        Require(offsets.Length == 2 && offsets[0] <= offsets[1], name, $"has the data_offsets [{string.Join(", ", offsets)}], which are not a begin and an end");
        _ranges.Add((name, offsets[0], offsets[1]));
        if (SafetensorsTypes.Find(dtype) is not ElementType type)
        {
            _unreadable.Add(new CheckpointNote(name, $"tensor '{PickleText.Clean(name)}' has the dtype '{PickleText.Clean(dtype)}'; supported are {SafetensorsTypes.Known}"));
            return;
        }

        long length = TensorBytes.Length([.. shape.Extents.Select(e => (long)e)], type.Size(), int.MaxValue)
            ?? throw Error($"'{PickleText.Clean(name)}' is {type} {shape}, more than the {int.MaxValue:N0} bytes that one tensor can have");
        Require(length == offsets[1] - offsets[0], name, $"is {type} {shape}, which needs {length} bytes, but has {offsets[1] - offsets[0]}");
        _entries.Add(new SafetensorsEntry(name, type, shape, offsets[0], (int)length));
    }

    private Shape ReadShape(string name, JsonElement value)
    {
        long[] numbers = ReadNumbers(name, value, "shape");
        Require(numbers.Length <= _limits.TensorRank, name, $"has rank {numbers.Length}; the limit is {_limits.TensorRank}");
        Require(Array.TrueForAll(numbers, n => n <= int.MaxValue), name, $"has the shape [{string.Join(", ", numbers)}]; an extent is at most {int.MaxValue:N0}");
        return Shape.Of([.. numbers.Select(n => (int)n)]);
    }

    private long[] ReadNumbers(string name, JsonElement value, string field)
    {
        JsonElement array = Field(name, value, field, JsonValueKind.Array);
        Require(array.GetArrayLength() <= 64, name, $"has {array.GetArrayLength()} numbers in {field}");
        long[] numbers = new long[array.GetArrayLength()];
        for (int i = 0; i < numbers.Length; i++)
        {
            JsonElement number = array[i];
            Require(
                number.ValueKind == JsonValueKind.Number && number.TryGetInt64(out numbers[i]) && numbers[i] >= 0,
                name,
                $"has an element in {field} that is not a non-negative integer of at most 63 bits");
        }

        return numbers;
    }

    private JsonElement Field(string name, JsonElement value, string field, JsonValueKind kind)
    {
        Require(value.TryGetProperty(field, out JsonElement found) && found.ValueKind == kind, name, $"has no {field} that is {(kind == JsonValueKind.Array ? "an array" : "a string")}");
        return found;
    }

    private void RequireCovered(long dataLength)
    {
        long end = 0;
        foreach ((string name, long begin, long next) in _ranges.OrderBy(range => range.Begin).ThenBy(range => range.End))
        {
            Require(begin >= end, name, $"overlaps the tensor before it: it begins at {begin}, the other ends at {end}");
            Require(begin == end, name, $"begins at {begin}, {begin - end} bytes after the end of the tensor before it: gaps are not allowed");
            end = next;
        }

        if (end != dataLength)
        {
            throw Error(end > dataLength
                ? $"truncated: the tensors take {end:N0} bytes, but only {dataLength:N0} are there"
                : $"the tensors take {end:N0} bytes, but {dataLength:N0} are there: no data may follow them");
        }

        if (end > _limits.TensorBytes)
        {
            throw Error($"the tensors take {end:N0} bytes; the limit is {_limits.TensorBytes:N0}");
        }
    }

    private void Require(bool condition, string name, string problem)
    {
        if (!condition)
        {
            throw Error($"'{PickleText.Clean(name)}' {problem}");
        }
    }

    private MalformedInputException Error(string reason) => new(_source, LengthBytes, reason);
}
