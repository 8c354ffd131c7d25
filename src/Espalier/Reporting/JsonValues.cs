using System.Text.Json;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Writes values that several parts of a report's data have.</summary>
internal static class JsonValues
{
    /// <summary>Writes a number; <see langword="null"/> where there is none or it is not finite.</summary>
    internal static void Number(this Utf8JsonWriter json, string name, double? value)
    {
        if (value is double number && double.IsFinite(number))
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    /// <summary>Writes a count; <see langword="null"/> where there is none.</summary>
    internal static void Count(this Utf8JsonWriter json, string name, long? value)
    {
        if (value is long count)
        {
            json.WriteNumber(name, count);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    /// <summary>Writes the extents of a shape; <see langword="null"/> where there is none.</summary>
    internal static void Extents(this Utf8JsonWriter json, string name, Shape? shape)
    {
        if (shape is Shape known)
        {
            json.Integers(name, known.Extents.AsSpan());
        }
        else
        {
            json.WriteNull(name);
        }
    }

    /// <summary>Writes height and width; <see langword="null"/> where there are none.</summary>
    internal static void Sides(this Utf8JsonWriter json, string name, Size? size)
    {
        if (size is Size known)
        {
            json.Integers(name, [known.Height, known.Width]);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    /// <summary>Writes a list of integers.</summary>
    internal static void Integers(this Utf8JsonWriter json, string name, ReadOnlySpan<int> values)
    {
        json.WriteStartArray(name);
        foreach (int value in values)
        {
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
    }

    /// <summary>Writes a list of texts.</summary>
    internal static void Texts(this Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
