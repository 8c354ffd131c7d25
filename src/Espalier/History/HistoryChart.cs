using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Training;

namespace Espalier;

/// <summary>Draws what was done to models.</summary>
public static class HistoryChart
{
    private const int Fewest = 2; // points of which a chart says something

    /// <summary>Writes an SVG file of accuracy against time, a labelled point for each step; against work where too few steps were timed.</summary>
    /// <param name="steps">The steps: a model's <see cref="ModelHistory.History"/>.</param>
    /// <param name="path">The file.</param>
    /// <param name="title">The chart's title.</param>
    /// <exception cref="EspalierException">Fewer than two steps have an accuracy.</exception>
    public static void WriteSvg(this IReadOnlyList<LedgerStep> steps, string path, string title)
    {
        ArgumentNullException.ThrowIfNull(steps);
        ChartDrawing.Write(path, steps.ToChart(title) ?? throw new EspalierException("a chart takes two steps with an accuracy: trainings with a validation have one, and folds and prunings that were given data"));
    }

    /// <summary>The same as a chart, or <see langword="null"/> where fewer than two steps have an accuracy.</summary>
    internal static Chart? ToChart(this IReadOnlyList<LedgerStep> steps, string title)
    {
        LedgerStep[] known = [.. steps.Where(step => step.Figures?.Accuracy is not null)];
        LedgerStep[] timed = [.. known.Where(step => step.Figures!.Value.Milliseconds is not null)];
        return timed.Length >= Fewest ? Chart(title, "ms for one image on one thread", timed, figures => figures.Milliseconds!.Value)
            : known.Length >= Fewest ? Chart(title, "millions of MACs by weights that are not zero", known, figures => figures.EffectiveMultiplyAccumulates / 1e6)
            : null;
    }

    private static Chart Chart(string title, string horizontal, LedgerStep[] steps, Func<ModelFigures, double> across) =>
        StepChart.Of(title, horizontal, [.. steps.Select(step => new ChartedStep(step.Label, step.Entry.Action, across(step.Figures!.Value), step.Figures.Value.Accuracy!.Value))]);
}
