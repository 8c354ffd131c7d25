using System.Collections;
using System.Text.Json;

namespace Espalier.Cli;

/// <summary>
/// A JSON value of a report: a string, a number, a Boolean, null, or a list or an object of such values. <see langword="default"/> and <see langword="null"/> numbers are unknown values,
/// which objects omit; <see langword="null"/> strings and NaN are written as JSON null.
/// </summary>
internal readonly struct ReportValue
{
    private static readonly object Null = new();

    private readonly object? _value;

    private ReportValue(object? value) => _value = value;

    /// <summary>Whether there is a value, including JSON null.</summary>
    internal bool IsKnown => _value is not null;

    public static implicit operator ReportValue(string? text) => new(text ?? Null);

    public static implicit operator ReportValue(bool truth) => new(truth);

    public static implicit operator ReportValue(long number) => new(number);

    public static implicit operator ReportValue(long? number) => new(number);

    public static implicit operator ReportValue(double number) => new(number);

    public static implicit operator ReportValue(double? number) => new(number);

    public static implicit operator ReportValue(float number) => new(number); // written with the fewest digits that round-trip

    public static implicit operator ReportValue(float? number) => new(number);

    public static implicit operator ReportValue(ReportObject? fields) => new(fields);

    public static implicit operator ReportValue(ReportTable? rows) => new(rows);

    /// <summary>A list of objects or lists.</summary>
    internal static ReportValue List(IEnumerable<ReportValue> items) => new(items.ToArray());

    /// <summary>A list of strings.</summary>
    internal static ReportValue List(IEnumerable<string> items) => List(items.Select(item => (ReportValue)item));

    /// <summary>A list of numbers.</summary>
    internal static ReportValue List(IEnumerable<int> items) => List(items.Select(item => (ReportValue)item));

    /// <summary>A string, or an unknown value if it is <see langword="null"/>.</summary>
    internal static ReportValue IfKnown(string? text) => new(text);

    /// <summary>Writes the value as JSON.</summary>
    internal void Write(Utf8JsonWriter json)
    {
        switch (_value)
        {
            case string text:
                json.WriteStringValue(text);
                break;
            case bool truth:
                json.WriteBooleanValue(truth);
                break;
            case long number:
                json.WriteNumberValue(number);
                break;
            case double number when double.IsFinite(number):
                json.WriteNumberValue(number);
                break;
            case float number when float.IsFinite(number):
                json.WriteNumberValue(number);
                break;
            case ReportValue[] items:
                json.WriteStartArray();
                Array.ForEach(items, item => item.Write(json));
                json.WriteEndArray();
                break;
            case ReportObject fields:
                fields.Write(json);
                break;
            case ReportTable rows:
                rows.Data.Write(json);
                break;
            default:
                json.WriteNullValue();
                break;
        }
    }

    /// <summary>The value as a CSV field (RFC 4180): numbers with the digits that round-trip, lists separated by blanks, empty for unknown values and null.</summary>
    internal string ToCsv() => _value switch
    {
        string text => text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text,
        bool truth => truth ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        ReportValue[] items => string.Join(' ', items.Select(item => item.ToCsv())),
        _ => "",
    };
}

/// <summary>A JSON object of a report, with its values in order. Unknown values are omitted.</summary>
internal sealed class ReportObject : IEnumerable<KeyValuePair<string, ReportValue>>
{
    private readonly List<KeyValuePair<string, ReportValue>> _fields = [];

    /// <summary>Adds a value unless it is unknown.</summary>
    internal void Add(string name, ReportValue value)
    {
        if (value.IsKnown)
        {
            _fields.Add(new(name, value));
        }
    }

    /// <summary>Adds the values of another object.</summary>
    internal void Add(ReportObject fields) => _fields.AddRange(fields._fields);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, ReportValue>> GetEnumerator() => _fields.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        foreach ((string name, ReportValue value) in _fields)
        {
            json.WritePropertyName(name);
            value.Write(json);
        }

        json.WriteEndObject();
    }
}
