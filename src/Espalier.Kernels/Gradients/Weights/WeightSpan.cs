namespace Espalier.Kernels;

/// <summary>Rows of weights that one tile sums up.</summary>
/// <param name="Input">Where the first row's input lies, in floats from that of the first tap's first channel.</param>
/// <param name="Rows">How many.</param>
/// <param name="Row">The index of the first: (tap row x taps of a row + tap) x channels of a block + channel.</param>
internal readonly record struct WeightSpan(int Input, int Rows, int Row);
