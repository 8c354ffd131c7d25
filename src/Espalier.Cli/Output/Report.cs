using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Espalier.Cli;

/// <summary>What a verb tells, as data: for people, for programs, and as rows.</summary>
/// <param name="data">All of it.</param>
internal sealed class Report(ReportValue data)
{
    private static readonly JsonWriterOptions JsonOptions = new()
    {
        Indented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // "unsafe" within HTML only; labels stay readable
    };

    /// <summary>All of it: what <c>--json</c> prints.</summary>
    internal ReportValue Data => data;

    /// <summary>What a person reads.</summary>
    internal IReadOnlyList<ReportPart> Text { get; init; } = [];

    /// <summary>What <c>--csv</c> writes, where the verb has that option.</summary>
    internal ReportTable? Rows { get; init; }

    /// <summary>Prints it for a person, or as the one JSON document on standard output.</summary>
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

    /// <summary>Prints it for a person.</summary>
    internal void Print(Terminal terminal)
    {
        foreach (ReportPart part in Text)
        {
            part.Print(terminal);
        }
    }

    private string ToJson()
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
/// <param name="print">Prints it, or <see langword="null"/> for nothing.</param>
internal readonly struct ReportPart(Action<Terminal>? print)
{
    public static implicit operator ReportPart(string? line) => new(line is null ? null : terminal => terminal.Out.WriteLine(line));

    public static implicit operator ReportPart(ReportTable? table) => new(table is null ? null : table.Print);

    /// <summary>A line about an answer that is likely not to mean what one hopes.</summary>
    internal static ReportPart Warning(string text) => new(terminal => terminal.Warn(text));

    /// <summary>A line for the person, not for the pipe.</summary>
    internal static ReportPart Note(string text) => new(terminal => terminal.Note(text));

    /// <summary>A command line, whole, so that it can be copied.</summary>
    internal static ReportPart Command(string command) => new(terminal => ScreenWriter.Unwrapped(terminal.Out).WriteLine($"  {command}"));

    internal void Print(Terminal terminal) => print?.Invoke(terminal);
}
