using Espalier.Training;

namespace Espalier.Serving;

/// <summary>The curves of a training that is running: by step, thinned out as they grow, and by epoch.</summary>
internal sealed class TrainingCurves
{
    private const int Most = 400; // points of a curve; when there are twice as many, every second one goes

    private readonly List<TrainingProgress> _steps = [];
    private readonly List<EpochRecord> _epochs = [];
    private long _stride = 1;

    internal IReadOnlyList<EpochRecord> Epochs => _epochs;

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

    /// <summary>The charts as SVG: loss and learning rate by step, and what the history has by epoch.</summary>
    internal IEnumerable<string> Draw()
    {
        Chart[] charts =
        [
            .. _epochs.Count > 1 ? Chart.Of(_epochs) : [],
            .. _steps.Count > 1 ? [ByStep("Loss by step", "loss of the epoch so far", step => step.Loss), ByStep("Learning rate by step", "learning rate", step => step.LearningRate)] : (Chart[])[],
        ];
        return charts.Select(chart => ChartDrawing.Draw(chart));
    }

    private Chart ByStep(string title, string vertical, Func<TrainingProgress, double> value) =>
        new(title, "step", vertical, [new Curve(vertical, ValueList.From(_steps.Where(step => double.IsFinite(value(step))).Select(step => new CurvePoint(step.Step, value(step)))))]);
}
