namespace Espalier.Training;

/// <summary>What one epoch brought.</summary>
/// <param name="Epoch">From 1 on.</param>
/// <param name="Step">The optimizer's steps so far.</param>
/// <param name="LearningRate">That of the epoch's last step.</param>
/// <param name="TrainingLoss">The mean over the epoch's images, each at the time of its step, mixtures and smoothing included.</param>
/// <param name="TrainingAccuracy">The share of images whose (most probable) class had the greatest logit at the time.</param>
/// <param name="ValidationLoss">The mean cross-entropy after the epoch; not a number without validation.</param>
/// <param name="ValidationAccuracy">Top-1 after the epoch; not a number without validation.</param>
/// <param name="Seconds">Of training, validation not included.</param>
/// <param name="ImagesPerSecond">Of training.</param>
public readonly record struct EpochRecord(
    int Epoch,
    long Step,
    double LearningRate,
    double TrainingLoss,
    double TrainingAccuracy,
    double ValidationLoss,
    double ValidationAccuracy,
    double Seconds,
    double ImagesPerSecond)
{
    /// <summary>Seconds that stochastic depth saved: what the layers that it dropped would have taken, going by the steps in which they were computed. Not a number without stochastic depth.</summary>
    public double SavedSeconds { get; init; } = double.NaN;

    /// <summary>The share of the time without stochastic depth that it saved; not a number without.</summary>
    public double SavedShare => SavedSeconds / (Seconds + SavedSeconds);

    /// <summary>Whether there was a validation.</summary>
    public bool Validated => !double.IsNaN(ValidationAccuracy);
}
