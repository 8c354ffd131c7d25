using System.Globalization;
using System.Text.Json;

namespace Espalier.Formats;

/// <summary>Numbers in JSON: the shortest digits that parse to the same bits, and strings for values that JSON cannot write (NaN, infinities).</summary>
internal static class JsonNumbers
{
    private static readonly (string Word, double Value)[] Words =
        [("NaN", double.NaN), ("Infinity", double.PositiveInfinity), ("-Infinity", double.NegativeInfinity)];

    public static void Write(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value))
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteString(name, value.ToString(CultureInfo.InvariantCulture));
        }
    }

    public static void Write(Utf8JsonWriter json, string name, ReadOnlySpan<int> values)
    {
        json.WriteStartArray(name);
        foreach (int value in values)
        {
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
    }

    public static bool TryRead(JsonElement element, out double value)
    {
        value = 0;
        if (element.ValueKind != JsonValueKind.String)
        {
            return element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out value) && double.IsFinite(value);
        }

        string text = element.GetString()!;
        int found = Array.FindIndex(Words, w => w.Word == text);
        value = found < 0 ? 0 : Words[found].Value;
        return found >= 0;
    }
}
