namespace Espalier.Kernels;

/// <summary>The weights between one or two blocks of output channels and one block of input channels.</summary>
/// <param name="OutputBlock">The first block of output channels.</param>
/// <param name="Vectors">Blocks of output channels: 1 or 2.</param>
/// <param name="InputBlock">The block of input channels.</param>
/// <param name="Sums">Offset of its sums, in floats: [row][vectors x lanes].</param>
/// <param name="IsLast">Whether that is the last input block, which may be partly empty.</param>
/// <param name="SumsBias">Whether it also sums the output gradient, for the biases.</param>
internal readonly record struct WeightUnit(int OutputBlock, int Vectors, int InputBlock, int Sums, bool IsLast, bool SumsBias);
