using System.Runtime.InteropServices;

namespace Espalier.Kernels;

/// <summary>One weight that is not zero.</summary>
/// <param name="Weight">The weight.</param>
/// <param name="Offset">Where the gathered input holds the first pixels that it multiplies, in floats.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct Nonzero(float Weight, int Offset);
