using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Espalier.Cli;

/// <summary>The result of a verb as text, JSON and CSV rows.</summary>
/// <param name="data">The result as JSON.</param>
internal sealed class Report(ReportValue data)
{
    private static readonly JsonWriterOptions JsonOptions = new()
    {
        Indented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // "unsafe" only within HTML; keeps labels readable
    };

    /// <summary>The result as JSON, printed by <c>--json</c>.</summary>
    internal ReportValue Data => data;

    /// <summary>The result as text.</summary>
    internal IReadOnlyList<ReportPart> Text { get; init; } = [];

    /// <summary>The rows for <c>--csv</c>, or <see langword="null"/> if the verb does not have that option.</summary>
    internal ReportTable? Rows { get; init; }

    /// <summary>Prints the text, or one JSON document on standard output.</summary>
    internal void Show(Terminal terminal, bool asJson)
    {
        if (asJson)
        {
            ScreenWriter.Unwrapped(terminal.Out).WriteLine(ToJson());
        }
        else
        {
            Print(terminal);
        }
    }

    /// <summary>Prints the text.</summary>
    internal void Print(Terminal terminal)
    {
        foreach (ReportPart part in Text)
        {
            part.Print(terminal);
        }
    }

    /// <summary>The text of the JSON document.</summary>
    internal string ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, JsonOptions))
        {
            data.Write(json);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}

/// <summary>A line, a table, a warning or a drawing of a report.</summary>
/// <param name="print">Prints the part; <see langword="null"/> for an empty part.</param>
internal readonly struct ReportPart(Action<Terminal>? print)
{
    public static implicit operator ReportPart(string? line) => new(line is null ? null : terminal => terminal.Out.WriteLine(line));

    public static implicit operator ReportPart(ReportTable? table) => new(table is null ? null : table.Print);

    /// <summary>A warning about a result that may be misleading, on standard error.</summary>
    internal static ReportPart Warning(string text) => new(terminal => terminal.Warn(text));

    /// <summary>A note on standard error.</summary>
    internal static ReportPart Note(string text) => new(terminal => terminal.Note(text));

    /// <summary>A command line, not wrapped so that it can be copied.</summary>
    internal static ReportPart Command(string command) => new(terminal => ScreenWriter.Unwrapped(terminal.Out).WriteLine($"  {command}"));

    internal void Print(Terminal terminal) => print?.Invoke(terminal);
}
