using Espalier.Tensors;

namespace Espalier;

/// <summary>The folder contains a training run, and <see cref="ImageTrainingOptions.Resume"/> is not set.</summary>
public sealed class TrainingExistsException(string message) : EspalierException(message);
