namespace Espalier.Training;

/// <summary>Sums over the batches of an epoch so far.</summary>
/// <param name="Loss">The sum of the losses of all images.</param>
/// <param name="Correct">The number of correctly classified images.</param>
/// <param name="Images">The number of images.</param>
/// <param name="Seconds">The time spent on them, in seconds.</param>
public readonly record struct EpochTotals(double Loss, long Correct, long Images, double Seconds)
{
    /// <summary>The time that stochastic depth saved, in seconds; NaN without stochastic depth.</summary>
    public double SavedSeconds { get; init; }

    /// <summary>The mean loss per image.</summary>
    public double MeanLoss => Loss / Math.Max(1, Images);

    /// <summary>The fraction of images that were classified correctly, from 0 to 1.</summary>
    public double Accuracy => (double)Correct / Math.Max(1, Images);

    /// <summary>Returns the sums with one more batch.</summary>
    internal EpochTotals With(StepResult step, int images) =>
        this with { Loss = Loss + (step.Loss * images), Correct = Correct + step.Correct, Images = Images + images };
}
