namespace Espalier.Kernels;

/// <summary>The nonzeros of one panel of output channels in one chunk of the input.</summary>
/// <param name="FirstRow">Its first row.</param>
/// <param name="Rows">Its rows, those with the most nonzeros first.</param>
/// <param name="FirstQuad">The first quad of the first row; the others' follow.</param>
internal readonly record struct SparseRun(int FirstRow, int Rows, int FirstQuad);
