namespace Espalier.Training;

/// <summary>Loss, accuracy and speed of one epoch.</summary>
/// <param name="Epoch">The number of the epoch, from 1.</param>
/// <param name="Step">The number of optimizer steps so far.</param>
/// <param name="LearningRate">The learning rate of the last step of the epoch.</param>
/// <param name="TrainingLoss">The mean loss over the images of the epoch, each with the weights at its step, including mixup, CutMix and label smoothing.</param>
/// <param name="TrainingAccuracy">The fraction of images whose label (with mixing, the most probable class of the target) had the largest logit at their step, from 0 to 1.</param>
/// <param name="ValidationLoss">The mean cross-entropy on the validation set after the epoch; NaN without validation.</param>
/// <param name="ValidationAccuracy">The top-1 accuracy on the validation set after the epoch, from 0 to 1; NaN without validation.</param>
/// <param name="Seconds">The time of the epoch in seconds, without validation.</param>
/// <param name="ImagesPerSecond">The training throughput in images per second, without validation.</param>
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
    /// <summary>The time that stochastic depth saved, in seconds: the time of the dropped layers, estimated from the steps in which they were computed. NaN without stochastic depth.</summary>
    public double SavedSeconds { get; init; } = double.NaN;

    /// <summary>The saved time as a fraction of the estimated time without stochastic depth; NaN without stochastic depth.</summary>
    public double SavedShare => SavedSeconds / (Seconds + SavedSeconds);

    /// <summary>Whether the epoch was followed by a validation.</summary>
    public bool Validated => !double.IsNaN(ValidationAccuracy);
}
