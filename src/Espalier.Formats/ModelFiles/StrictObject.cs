using System.Runtime.InteropServices;
using System.Text.Json;

namespace Espalier.Formats;

/// <summary>A JSON object whose fields must all be read: <see cref="End"/> rejects fields that were not.</summary>
internal sealed class StrictObject
{
    private readonly JsonElement _object;
    private readonly string _source;
    private readonly string _path;
    private readonly HashSet<string> _known = [];

    /// <summary>Wraps an element, which must be an object.</summary>
    public StrictObject(JsonElement element, string source, string path)
    {
        _source = source;
        _path = path;
        _object = element.ValueKind == JsonValueKind.Object ? element : throw Error("is no object");
    }

    /// <summary>Whether a field exists and is not null.</summary>
    public bool Has(string name)
    {
        _known.Add(name);
        return _object.TryGetProperty(name, out JsonElement field) && field.ValueKind != JsonValueKind.Null;
    }

    public string Text(string name) => Field(name, JsonValueKind.String, "a string").GetString()!;

    public int Integer(string name) =>
        Field(name, JsonValueKind.Number, "a number").TryGetInt32(out int value) ? value : throw Error($"has no 32-bit integer as '{name}'");

    public bool Flag(string name) => Find(name).ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Error($"has neither true nor false as '{name}'"),
    };

    public double Number(string name) => JsonNumbers.TryRead(Find(name), out double value) ? value : throw Error($"has no number as '{name}'");

    public Size Size(string name) => Integers(name, 2) is [int height, int width] ? new Size(height, width) : default;

    public Shape Shape(string name)
    {
        int[] extents = Integers(name, null);
        return Array.TrueForAll(extents, e => e >= 0) ? Tensors.Shape.Of(extents) : throw Error($"has a negative extent in '{name}'");
    }

    public T Choice<T>(string name) where T : struct, Enum =>
        JsonChoice.TryFind(Text(name), out T value)
            ? value
            : throw Error($"has the {name} '{PickleText.Clean(Text(name))}'; supported are {JsonChoice.Names<T>()}");

    /// <summary>An array of integers, of length <paramref name="count"/> where that is given.</summary>
    public int[] Integers(string name, int? count)
    {
        JsonElement array = Field(name, JsonValueKind.Array, "an array");
        int[] values = new int[array.GetArrayLength()];
        int i = 0;
        foreach (JsonElement item in array.EnumerateArray())
        {
            values[i++] = item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out int value)
                ? value
                : throw Error($"has elements in '{name}' that are not 32-bit integers");
        }

        return count is null || values.Length == count ? values : throw Error($"has {values.Length} numbers in '{name}' instead of {count}");
    }

    public ValueList<float> Floats(string name) => ValueList.From(
        Items(name).Select(item => item.ValueKind == JsonValueKind.Number && item.TryGetSingle(out float value) && float.IsFinite(value)
            ? value
            : throw Error($"has elements in '{name}' that are not numbers")));

    /// <summary>Floats as the Base64 of their little-endian bytes.</summary>
    public ValueList<float> PackedFloats(string name)
    {
        if (!Field(name, JsonValueKind.String, "a string").TryGetBytesFromBase64(out byte[]? bytes) || bytes.Length % sizeof(float) != 0)
        {
            throw Error($"has a '{name}' that is not Base64 of float32");
        }

        ReadOnlySpan<float> values = MemoryMarshal.Cast<byte, float>(bytes);
        foreach (float value in values)
        {
            if (!float.IsFinite(value))
            {
                throw Error($"has a value in '{name}' that is not finite");
            }
        }

        return ValueList.Create(values);
    }

    public ValueList<string> Texts(string name) => ValueList.From(
        Items(name).Select(item => item.ValueKind == JsonValueKind.String ? item.GetString()! : throw Error($"has elements in '{name}' that are not strings")));

    /// <summary>The object in a field.</summary>
    public StrictObject Object(string name) => new(Find(name), _source, $"{_path}.{name}");

    /// <summary>The array of objects in a field.</summary>
    public IEnumerable<StrictObject> Objects(string name) => Items(name).Select((item, i) => new StrictObject(item, _source, $"{_path}.{name}[{i}]"));

    /// <summary>Rejects fields that were not read.</summary>
    public void End()
    {
        foreach (JsonProperty property in _object.EnumerateObject())
        {
            if (!_known.Contains(property.Name))
            {
                throw Error($"has the unknown field '{PickleText.Clean(property.Name)}'");
            }
        }
    }

    public MalformedInputException Error(string problem) => new(_source, null, $"{_path} {problem}");

    private JsonElement.ArrayEnumerator Items(string name) => Field(name, JsonValueKind.Array, "an array").EnumerateArray();

    private JsonElement Field(string name, JsonValueKind kind, string what)
    {
        JsonElement field = Find(name);
        return field.ValueKind == kind ? field : throw Error($"has a '{name}' that is not {what}");
    }

    private JsonElement Find(string name)
    {
        _known.Add(name);
        return _object.TryGetProperty(name, out JsonElement field) ? field : throw Error($"has no '{name}'");
    }
}
