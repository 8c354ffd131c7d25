namespace Espalier.Cli;

/// <summary>What verbs that change a network have in common: where the result goes (a model file, since no name of the zoo stands for it any more), whether it is written, and how it is told.</summary>
internal sealed class ResultOptions
{
    private readonly Option<string?> _output = new("--output", "-o") { Description = "The model file (.espalier) to write.", HelpName = "OUT" };
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Says what it would do and writes nothing." };
    private readonly Option<bool> _json = CommonOptions.Json();

    internal void AddTo(Command command) => command.AddAll(_output, _dryRun, _json);

    /// <summary>Whether JSON is to be the only thing on standard output.</summary>
    internal bool IsJson(ParseResult parsed) => parsed.GetValue(_json);

    /// <summary>Whether nothing is to be written.</summary>
    internal bool IsDryRun(ParseResult parsed) => parsed.GetValue(_dryRun);

    /// <summary>The path, or <see langword="null"/> for a dry run; looked at before any work.</summary>
    /// <exception cref="EspalierException">There is none and it is no dry run, or it is no model file.</exception>
    internal string? Path(ParseResult parsed)
    {
        if (parsed.GetValue(_output) is not string path)
        {
            return IsDryRun(parsed) ? null : throw new EspalierException("say where the result goes with -o OUT.espalier, or ask for --dry-run");
        }

        return OutputForms.Of(path) != OutputFormat.ModelFile
            ? throw new EspalierException($"{path}: the network has changed, so only a model file (.espalier) can hold it; 'espalier convert' makes weights of that")
            : IsDryRun(parsed) ? null : path;
    }

    /// <summary>Tells what was done, and where the result is.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="terminal">Where to print.</param>
    /// <param name="path">The file that was written, or <see langword="null"/>.</param>
    /// <param name="data">What was done, for programs.</param>
    /// <param name="text">The same for people.</param>
    internal void Show(ParseResult parsed, Terminal terminal, string? path, ReportObject data, IEnumerable<ReportPart> text)
    {
        string where = path is null ? "nothing was written" : $"{path}: model file, {Amount.Bytes(new FileInfo(path).Length)}";
        new Report(new ReportObject { data, { "output", path } }) { Text = [.. text, where] }.Show(terminal, IsJson(parsed));
    }
}
