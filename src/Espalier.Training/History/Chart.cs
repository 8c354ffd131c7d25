using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>Curves in one pair of axes.</summary>
/// <param name="Title">The title above the axes.</param>
/// <param name="Horizontal">The label of the horizontal axis.</param>
/// <param name="Vertical">The label of the vertical axis.</param>
/// <param name="Curves">The curves, in the order of the legend.</param>
internal sealed record Chart(string Title, string Horizontal, string Vertical, ValueList<Curve> Curves)
{
    /// <summary>Whether the vertical axis always begins at 0.</summary>
    public bool FromZero { get; init; } = true;

    /// <summary>A value that the vertical axis must include, so that charts can share a scale; <see langword="null"/> for the range of the curves.</summary>
    public double? Reaches { get; init; }

    /// <summary>Two charts of a history: loss and accuracy, each with a training and a validation curve.</summary>
    public static Chart[] Of(IReadOnlyCollection<EpochRecord> history) =>
    [
        new("Loss", "epoch", "cross-entropy", Both(history, e => e.TrainingLoss, e => e.ValidationLoss)),
        new("Accuracy", "epoch", "top-1 in %", Both(history, e => 100 * e.TrainingAccuracy, e => 100 * e.ValidationAccuracy)),
    ];

    private static ValueList<Curve> Both(IReadOnlyCollection<EpochRecord> history, Func<EpochRecord, double> training, Func<EpochRecord, double> validation)
    {
        ArgumentNullException.ThrowIfNull(history);
        Curve first = new("training", ValueList.From(history.Select(e => new CurvePoint(e.Epoch, training(e)))));
        Curve second = new("validation", ValueList.From(history.Where(e => e.Validated).Select(e => new CurvePoint(e.Epoch, validation(e)))));
        return second.Points.Count == 0 ? [first] : [first, second];
    }
}
