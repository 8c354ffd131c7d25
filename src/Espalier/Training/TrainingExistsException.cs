using Espalier.Tensors;

namespace Espalier;

/// <summary>A folder already holds a training, which was not to be resumed (<see cref="ImageTrainingOptions.Resume"/>).</summary>
public sealed class TrainingExistsException(string message) : EspalierException(message);
