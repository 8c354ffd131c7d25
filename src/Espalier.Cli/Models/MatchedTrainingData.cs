using Espalier.Data;

namespace Espalier.Cli;

/// <summary>What a network learns from and what it is measured on, with its outputs as classes.</summary>
internal sealed record MatchedTrainingData(MatchedDataset Training, MatchedDataset Validation);
