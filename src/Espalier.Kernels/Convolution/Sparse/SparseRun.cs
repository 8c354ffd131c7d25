namespace Espalier.Kernels;

/// <summary>The nonzeros of one panel of output channels in one chunk of the input.</summary>
/// <param name="FirstRow">Index of its first row.</param>
/// <param name="Rows">Number of rows; those with the most nonzeros come first.</param>
/// <param name="FirstQuad">The first quad of the first row; the other rows' quads follow.</param>
internal readonly record struct SparseRun(int FirstRow, int Rows, int FirstQuad);
