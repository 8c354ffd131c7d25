using Espalier.Graphs;

namespace Espalier.Training;

/// <summary>What came out of a training.</summary>
/// <param name="Model">The model to use: the best one where there was a validation, else the averaged or the newest one. Its lineage tells of the training.</param>
/// <param name="History">All epochs, those before a resumption included.</param>
/// <param name="BestEpoch">The epoch that the model is of.</param>
/// <param name="StoppedEarly">Whether patience ended it.</param>
public sealed record TrainingOutcome(Model Model, IReadOnlyList<EpochRecord> History, int BestEpoch, bool StoppedEarly);
