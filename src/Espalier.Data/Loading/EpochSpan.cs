namespace Espalier.Data;

/// <summary>The part of an epoch that is yet to be read.</summary>
/// <param name="Epoch">The pass over the data.</param>
/// <param name="First">Its first batch.</param>
/// <param name="End">The batch after its last.</param>
/// <param name="BatchSize">Samples of a full batch.</param>
internal readonly record struct EpochSpan(int Epoch, int First, int End, int BatchSize);
