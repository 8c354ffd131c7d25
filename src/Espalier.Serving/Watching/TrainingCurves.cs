using Espalier.Training;

namespace Espalier.Serving;

/// <summary>The curves of a training that is running: by step, thinned out as they grow, and by epoch.</summary>
internal sealed class TrainingCurves
{
    private const int Most = 400; // points of a curve; when there are twice as many, every second one goes

    private readonly List<TrainingProgress> _steps = [];
    private readonly List<EpochRecord> _epochs = [];
    private readonly List<GradualPruningStep> _prunings = [];
    private long _stride = 1;

    internal IReadOnlyList<EpochRecord> Epochs => _epochs;

    internal IReadOnlyList<GradualPruningStep> Prunings => _prunings;

    internal void Add(TrainingProgress step)
    {
        if (step.Step % _stride != 0)
        {
            return;
        }

        _steps.Add(step);
        if (_steps.Count >= 2 * Most)
        {
            _stride *= 2;
            _steps.RemoveAll(each => each.Step % _stride != 0);
        }
    }

    internal void Add(EpochRecord epoch) => _epochs.Add(epoch);

    internal void Add(GradualPruningStep pruning) => _prunings.Add(pruning);

    /// <summary>The charts as SVG: loss, learning rate and sparsity by step, and what the history has by epoch.</summary>
    internal IEnumerable<string> Draw()
    {
        Chart[] charts =
        [
            .. _epochs.Count > 1 ? Chart.Of(_epochs) : [],
            .. _steps.Count > 1 ? [ByStep("Loss by step", "loss of the epoch so far", step => step.Loss), ByStep("Learning rate by step", "learning rate", step => step.LearningRate)] : (Chart[])[],
            .. _prunings.Count > 1 ? [Sparsity()] : (Chart[])[],
        ];
        return charts.Select(chart => ChartDrawing.Draw(chart));
    }

    private Chart Sparsity() =>
        new("Sparsity by step", "step", "masked weights in %", [new Curve("masked weights", ValueList.From(Thinned(_prunings).Select(pruning => new CurvePoint(pruning.Step, 100 * pruning.Sparsity))))]);

    /// <summary>Every so many of a list's elements, and the last one.</summary>
    private static IEnumerable<T> Thinned<T>(List<T> all)
    {
        int stride = (all.Count / Most) + 1;
        return all.Where((_, i) => i % stride == 0 || i == all.Count - 1);
    }

    private Chart ByStep(string title, string vertical, Func<TrainingProgress, double> value) =>
        new(title, "step", vertical, [new Curve(vertical, ValueList.From(_steps.Where(step => double.IsFinite(value(step))).Select(step => new CurvePoint(step.Step, value(step)))))]);
}
