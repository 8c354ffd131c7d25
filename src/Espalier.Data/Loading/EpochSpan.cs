namespace Espalier.Data;

/// <summary>The remaining part of an epoch.</summary>
/// <param name="Epoch">The epoch, from 0.</param>
/// <param name="First">The first remaining batch.</param>
/// <param name="End">One past the last batch.</param>
internal readonly record struct EpochSpan(int Epoch, int First, int End);
