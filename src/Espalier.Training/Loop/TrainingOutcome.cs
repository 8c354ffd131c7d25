using Espalier.Graphs;

namespace Espalier.Training;

/// <summary>The result of a training run.</summary>
/// <param name="Model">The best model by validation, or without validation the averaged or newest one. Its lineage records the training run.</param>
/// <param name="History">The records of all epochs, including those before the run was resumed.</param>
/// <param name="BestEpoch">The number of the epoch after which the model was taken, from 1.</param>
/// <param name="StoppedEarly">Whether training was stopped early because validation accuracy did not improve.</param>
public sealed record TrainingOutcome(Model Model, IReadOnlyList<EpochRecord> History, int BestEpoch, bool StoppedEarly);
