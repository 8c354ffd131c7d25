namespace Espalier.Training;

/// <summary>What an epoch has come to so far.</summary>
/// <param name="Loss">The sum of all images' losses.</param>
/// <param name="Correct">Images that were recognised.</param>
/// <param name="Images">Images seen.</param>
/// <param name="Seconds">Time spent on them.</param>
public readonly record struct EpochTotals(double Loss, long Correct, long Images, double Seconds)
{
    /// <summary>Time that stochastic depth saved; not a number without.</summary>
    public double SavedSeconds { get; init; }

    /// <summary>The mean loss of an image.</summary>
    public double MeanLoss => Loss / Math.Max(1, Images);

    /// <summary>The share of images that were recognised.</summary>
    public double Accuracy => (double)Correct / Math.Max(1, Images);

    /// <summary>With one batch more.</summary>
    internal EpochTotals With(StepResult step, int images) =>
        this with { Loss = Loss + (step.Loss * images), Correct = Correct + step.Correct, Images = Images + images };
}
