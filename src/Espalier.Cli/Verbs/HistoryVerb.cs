using Espalier.Training;

namespace Espalier.Cli;

/// <summary>What was done to a model, and what came of it.</summary>
internal sealed class HistoryVerb : Verb
{
    private readonly Argument<string> _model = new("MODEL") { Description = "A model file." };
    private readonly Option<string?> _svg = new("--svg") { Description = "Also draws accuracy against time (against work, where too few steps were timed), a labelled point for each step.", HelpName = "FILE" };
    private readonly ReportOptions _report = new("Also writes the table as comma-separated values.");

    internal HistoryVerb(CliContext context)
        : base(
            context,
            "history",
            "Shows what was done to a model, step by step: trainings, prunings, folds, with accuracy, time, parameters, MACs and file size after each and the change against the first. Steps are timed where they were made with --measure.",
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
            ChartDrawing.Write(svg, chart ?? throw new EspalierException($"{path}: a chart takes two steps with an accuracy; trainings with a validation have one, and 'fold --verify DATA' and the like measure it"));
        }

        _report.Show(parsed, Terminal, new HistoryReport(steps).Report(metadata.Architecture, path, chart));
        return ExitCode.Success;
    }

    private static ModelMetadata Read(string path) => ModelFile.Is(ModelPath.Require(path))
        ? ModelFile.Read(path).Metadata
        : throw new EspalierException($"{path} holds weights alone; only a model file (.espalier) remembers what was done to it");
}
