namespace Espalier.Training;

/// <summary>The progress of a training run after a step.</summary>
/// <param name="Epoch">The current epoch, from 1.</param>
/// <param name="Epochs">The total number of epochs.</param>
/// <param name="Step">The number of optimizer steps so far.</param>
/// <param name="TotalSteps">The total number of steps.</param>
/// <param name="LearningRate">The learning rate of this step.</param>
/// <param name="BatchLoss">The mean loss per image of this step's batch.</param>
/// <param name="Loss">The mean loss per image of the epoch so far.</param>
/// <param name="Accuracy">The fraction of the epoch's images so far that were classified correctly, from 0 to 1.</param>
/// <param name="ImagesPerSecond">The current throughput in images per second.</param>
/// <param name="Left">The estimated remaining time at this throughput, without validations.</param>
public readonly record struct TrainingProgress(
    int Epoch, int Epochs, long Step, long TotalSteps, double LearningRate, double BatchLoss, double Loss, double Accuracy, double ImagesPerSecond, TimeSpan Left);
