using Espalier.Cli.Output;
using Espalier.Graphs;
using Espalier.Training;

namespace Espalier.Cli.Ledger;

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

    /// <summary>The same chart in letters.</summary>
    internal static TextPlot Plot(Chart chart)
    {
        Curve curve = chart.Curves[0];
        return new TextPlot(chart.Vertical, chart.Horizontal, [.. curve.Points.Select((point, i) => (point.X, point.Y, curve.Labels[i].Split(' ')[0]))]);
    }

    private static Chart Chart(string title, string horizontal, LedgerStep[] steps, Func<ModelFigures, double> across)
    {
        var points = ValueList.From(steps.Select(step => new CurvePoint(across(step.Figures!.Value), 100 * step.Figures.Value.Accuracy!.Value)));
        var curve = new Curve("steps", points) { Labels = ValueList.From(steps.Select(step => step.Label)), Dashed = true };
        return new Chart(title, horizontal, "accuracy in %", [curve]) { FromZero = false, Counts = false };
    }
}
