namespace Espalier.Kernels;

/// <summary>The rows of weights that one tile computes.</summary>
/// <param name="Input">Input offset of the first row, in floats from that of the first channel and kernel position.</param>
/// <param name="Rows">Number of rows.</param>
/// <param name="Row">Index of the first row: (kernel row x kernel width + kernel column) x channels per block + channel.</param>
internal readonly record struct WeightSpan(int Input, int Rows, int Row);
