using System.Runtime.InteropServices;

namespace Espalier.Kernels;

/// <summary>One row of the weight matrix, within one chunk of its columns.</summary>
/// <param name="Count">Number of nonzeros.</param>
/// <param name="Target">The row of the sums that they are added to.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct SparseRow(int Count, int Target);
