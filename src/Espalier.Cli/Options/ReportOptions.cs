using System.CommandLine;
using System.Text;
using Espalier.Formats;
using Espalier.Tensors;

namespace Espalier.Cli;

/// <summary>How a verb tells its result: for a person, with --json for a program, and with --csv as rows of a file too.</summary>
/// <param name="rows">What --csv writes, or <see langword="null"/> where a verb has no such option.</param>
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

    /// <summary>Whether JSON is to be the only thing on standard output.</summary>
    internal bool IsJson(ParseResult parsed) => parsed.GetValue(_json);

    /// <summary>Writes the rows, if they are asked for, and prints the report.</summary>
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
