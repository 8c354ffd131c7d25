namespace Espalier.Training;

/// <summary>Where a training stands after a step.</summary>
/// <param name="Epoch">The epoch under way, from 1 on.</param>
/// <param name="Epochs">How many there are to be.</param>
/// <param name="Step">The optimizer's steps so far.</param>
/// <param name="TotalSteps">How many there are to be.</param>
/// <param name="LearningRate">That of this step.</param>
/// <param name="BatchLoss">The loss of this step's batch.</param>
/// <param name="Loss">The mean of the epoch so far.</param>
/// <param name="Accuracy">The share of the epoch's images so far that were recognised.</param>
/// <param name="ImagesPerSecond">Of this run.</param>
/// <param name="Left">The time that the rest will take at this speed, validations not included.</param>
public readonly record struct TrainingProgress(
    int Epoch, int Epochs, long Step, long TotalSteps, double LearningRate, double BatchLoss, double Loss, double Accuracy, double ImagesPerSecond, TimeSpan Left);
