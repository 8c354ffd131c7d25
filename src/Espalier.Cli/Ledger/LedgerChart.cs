using Espalier.Training;

namespace Espalier.Cli;

/// <summary>Accuracy against time, a labelled point for each step; against work where too few steps were timed.</summary>
internal static class LedgerChart
{
    private const int Fewest = 2; // points of which a chart says something

    /// <summary>The chart, or <see langword="null"/> where fewer than two steps have an accuracy.</summary>
    internal static Chart? Of(string title, IReadOnlyList<LedgerStep> steps)
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
