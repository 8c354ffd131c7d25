using System.Text.Json;

namespace Espalier.Formats;

/// <summary>Writes an op's attributes as fields of the current JSON object, including those that have their default value, except the optional ones.</summary>
internal sealed class OpAttributeWriter(Utf8JsonWriter json) : IOpAttributes
{
    public int Integer(string name, int value)
    {
        json.WriteNumber(name, value);
        return value;
    }

    public double Number(string name, double value)
    {
        JsonNumbers.Write(json, name, value);
        return value;
    }

    public bool Flag(string name, bool value)
    {
        json.WriteBoolean(name, value);
        return value;
    }

    public bool OptionalFlag(string name, bool value, bool usual) => value == usual ? value : Flag(name, value);

    public double? OptionalNumber(string name, double? value) => value is double number ? Number(name, number) : null;

    public Size Size(string name, Size value)
    {
        JsonNumbers.Write(json, name, [value.Height, value.Width]);
        return value;
    }

    public Padding Padding(string name, Padding value)
    {
        JsonNumbers.Write(json, name, [value.Top, value.Left, value.Bottom, value.Right]);
        return value;
    }

    public Shape Shape(string name, Shape value)
    {
        JsonNumbers.Write(json, name, value.Extents.AsSpan());
        return value;
    }

    public T Choice<T>(string name, T value) where T : struct, Enum
    {
        json.WriteString(name, JsonChoice.Name(value));
        return value;
    }

    public T Choice<T>(string name, T value, T absent) where T : struct, Enum => EqualityComparer<T>.Default.Equals(value, absent) ? value : Choice(name, value);
}
