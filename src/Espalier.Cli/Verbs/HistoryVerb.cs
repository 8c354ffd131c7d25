using System.CommandLine;
using System.Text;
using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Training;

namespace Espalier.Cli;

/// <summary>What was done to a model, and what came of it.</summary>
internal sealed class HistoryVerb : Verb
{
    private readonly Argument<string> _model = new("MODEL") { Description = "A model file." };
    private readonly Option<string?> _csv = new("--csv") { Description = "Also writes the table as comma-separated values.", HelpName = "FILE" };
    private readonly Option<string?> _svg = new("--svg") { Description = "Also draws accuracy against time (against work, where too few steps were timed), a labelled point for each step.", HelpName = "FILE" };
    private readonly Option<bool> _json = CommonOptions.Json();

    internal HistoryVerb(CliContext context)
        : base(
            context,
            "history",
            "Shows what was done to a model, step by step: trainings, prunings, folds, with accuracy, time, parameters, MACs and file size after each and the change against the first. Steps are timed where they were made with --measure.",
            "espalier history small.espalier",
            "espalier history small.espalier --svg journey.svg --csv journey.csv",
            "espalier history small.espalier --json")
    {
        Add(_model);
        Add(_csv);
        Add(_svg);
        Add(_json);
    }

    private protected override int Run(ParseResult parsed)
    {
        string path = parsed.GetRequiredValue(_model);
        ModelMetadata metadata = Read(path);
        LedgerStep[] steps = LedgerStep.Of(metadata);
        var report = new HistoryReport(steps);
        Chart? chart = LedgerChart.Of(metadata.Architecture.Length > 0 ? metadata.Architecture : Path.GetFileNameWithoutExtension(path), steps);
        WriteFiles(parsed, report, chart, path);
        if (parsed.GetValue(_json))
        {
            Json.Print(Terminal, json =>
            {
                json.WriteStartObject();
                json.WriteString("model", metadata.Architecture);
                report.Write(json);
                json.WriteEndObject();
            });
            return ExitCode.Success;
        }

        Print(report, chart, steps.Length, path);
        return ExitCode.Success;
    }

    private static ModelMetadata Read(string path) => ModelFile.Is(path)
        ? ModelFile.Read(path).Metadata
        : throw new EspalierException($"{path} holds weights alone; only a model file (.espalier) remembers what was done to it");

    private void WriteFiles(ParseResult parsed, HistoryReport report, Chart? chart, string path)
    {
        if (parsed.GetValue(_svg) is string svg)
        {
            ChartDrawing.Write(svg, chart ?? throw new EspalierException($"{path}: a chart takes two steps with an accuracy; trainings with a validation have one, and 'fold --verify DATA' and the like measure it"));
        }

        if (parsed.GetValue(_csv) is string csv)
        {
            AtomicFile.Write(csv, stream => stream.Write(Encoding.UTF8.GetBytes(report.Csv())));
        }
    }

    private void Print(HistoryReport report, Chart? chart, int steps, string path)
    {
        if (steps == 0)
        {
            Terminal.Out.WriteLine($"{path}: nothing has been done to it yet");
            return;
        }

        report.Print(Terminal);
        if (chart is not null)
        {
            StepChart.Plot(chart).Print(Terminal);
        }
    }
}
