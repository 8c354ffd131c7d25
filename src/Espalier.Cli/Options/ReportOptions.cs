using System.Text;

namespace Espalier.Cli;

/// <summary>The output of a verb's result: text, with --json JSON, and with --csv also a file of rows.</summary>
/// <param name="rows">The description of --csv, or <see langword="null"/> if the verb does not have that option.</param>
internal sealed class ReportOptions(string? rows = null)
{
    private readonly Option<string?> _csv = new("--csv") { Description = rows, HelpName = "FILE" };
    private readonly Option<bool> _json = CommonOptions.Json();

    internal void AddTo(Command command)
    {
        if (rows is not null)
        {
            command.Options.Add(_csv);
        }

        command.Options.Add(_json);
    }

    /// <summary>Whether --json is given, so that standard output may contain only JSON.</summary>
    internal bool IsJson(ParseResult parsed) => parsed.GetValue(_json);

    /// <summary>Writes the rows, if --csv is given, and prints the report.</summary>
    /// <exception cref="EspalierException">The report has no rows, or the file cannot be written.</exception>
    internal void Show(ParseResult parsed, Terminal terminal, Report report)
    {
        if (rows is not null && parsed.GetValue(_csv) is string path)
        {
            ReportTable table = report.Rows ?? throw new EspalierException("--csv: there are no rows to write");
            AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(table.ToCsv())));
        }

        report.Show(terminal, IsJson(parsed));
    }
}
