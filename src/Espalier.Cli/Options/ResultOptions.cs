namespace Espalier.Cli;

/// <summary>The options shared by verbs that change a network: the model file to write, whether to write it, and the output format.</summary>
internal sealed class ResultOptions
{
    private readonly Option<string?> _output = new("--output", "-o") { Description = "The file to write: a model file (.espalier), or an ONNX network (.onnx).", HelpName = "OUT" };
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Reports what would be done, without writing a file." };
    private readonly Option<bool> _json = CommonOptions.Json();

    internal void AddTo(Command command) => command.AddAll(_output, _dryRun, _json);

    /// <summary>Whether --json is given, so that standard output may contain only JSON.</summary>
    internal bool IsJson(ParseResult parsed) => parsed.GetValue(_json);

    /// <summary>Whether --dry-run is given, so that no file is written.</summary>
    internal bool IsDryRun(ParseResult parsed) => parsed.GetValue(_dryRun);

    /// <summary>The path of the result, or <see langword="null"/> for a dry run.</summary>
    /// <exception cref="EspalierException">There is no path and no --dry-run, or the path is that of a file of weights.</exception>
    internal string? Path(ParseResult parsed)
    {
        if (parsed.GetValue(_output) is not string path)
        {
            return IsDryRun(parsed) ? null : throw new EspalierException("give the path of the result with -o OUT.espalier (or OUT.onnx), or --dry-run");
        }

        return OutputForms.Of(path) is not (OutputFormat.ModelFile or OutputFormat.Onnx)
            ? throw new EspalierException($"{path}: the network has changed, so only a model file (.espalier) or an ONNX network (.onnx) can contain it; 'espalier convert' extracts its weights")
            : IsDryRun(parsed) ? null : path;
    }

    /// <summary>Writes the result.</summary>
    internal static void Write(Model model, string path, Terminal terminal)
    {
        SavedModel saved = model.Save(path);
        if (saved.Form == OutputFormat.Onnx && model.Parameters.Values.Any(parameter => parameter.Mask is not null))
        {
            terminal.Note($"{path} has zeros instead of masks, so that this pruning cannot be undone in it");
        }
    }

    /// <summary>Prints the report and the path of the result.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="terminal">The terminal to print to.</param>
    /// <param name="path">The file that was written, or <see langword="null"/> for none.</param>
    /// <param name="data">The report as JSON.</param>
    /// <param name="text">The report as text.</param>
    internal void Show(ParseResult parsed, Terminal terminal, string? path, ReportObject data, IEnumerable<ReportPart> text)
    {
        string where = path is null ? "nothing was written" : $"{path}: {OutputForms.Of(path).Describe()}, {Amount.Bytes(new FileInfo(path).Length)}";
        new Report(new ReportObject { data, { "output", path } }) { Text = [.. text, where] }.Show(terminal, IsJson(parsed));
    }
}
