using Espalier.Training;

namespace Espalier.Cli;

/// <summary>The verb <c>history</c>: shows the steps that produced a model.</summary>
internal sealed class HistoryVerb : Verb
{
    private readonly Argument<string> _model = new("MODEL") { Description = "A model file, or an ONNX network that Espalier wrote." };
    private readonly Option<string?> _svg = new("--svg") { Description = "Also draws a chart of accuracy against time (against MACs if too few steps were timed), with a labelled point for each step.", HelpName = "FILE" };
    private readonly ReportOptions _report = new("Also writes the table.");

    internal HistoryVerb(CliContext context)
        : base(
            context,
            "history",
            "Shows the steps that produced a model (training, pruning, folding), with accuracy, time, parameters, MACs and file size after each and the change relative to the first. Times are recorded by steps with --measure.",
            "espalier history small.espalier",
            "espalier history small.espalier --svg journey.svg --csv journey.csv",
            "espalier history small.espalier --json")
    {
        this.AddAll(_model, _svg);
        _report.AddTo(this);
    }

    private protected override int Run(ParseResult parsed)
    {
        string path = ModelPath.Resolve(parsed.GetRequiredValue(_model));
        ModelMetadata metadata = Read(path);
        LedgerStep[] steps = LedgerStep.Of(metadata);
        Chart? chart = steps.ToChart(metadata.Architecture.Length > 0 ? metadata.Architecture : Path.GetFileNameWithoutExtension(path));
        if (parsed.GetValue(_svg) is string svg)
        {
            ChartDrawing.Write(svg, chart ?? throw new EspalierException($"{path}: a chart requires two steps with an accuracy; training records the validation accuracy, 'fold --verify DATA' and similar options measure it"));
        }

        _report.Show(parsed, Terminal, new HistoryReport(steps).Report(metadata.Architecture, path, chart));
        return ExitCode.Success;
    }

    private static ModelMetadata Read(string path) => StoredModel.Is(ModelPath.Require(path))
        ? StoredModel.Read(path).Metadata
        : throw new EspalierException($"{path} contains weights only; the history is recorded in model files (.espalier) and ONNX networks that Espalier wrote");
}
