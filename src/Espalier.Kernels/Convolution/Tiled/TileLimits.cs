using System.Runtime.InteropServices;

namespace Espalier.Kernels;

/// <summary>Limits on the size of register tiles.</summary>
internal static class TileLimits
{
    /// <summary>Number of pixels of the widest tile.</summary>
    internal const int Pixels = 14;

    /// <summary>
    /// Number of pixels of the widest tile whose sums, weights and input fit into registers: 14 x 2 or 14 x 1 with 32 vector registers
    /// (AVX-512, Arm), 6 x 2 or 10 x 1 of 16 (AVX2 and older; row tiles have three weights).
    /// </summary>
    internal static int MaximumWidth(int lanes, int vectors)
    {
        bool many = lanes == Lanes512.Count || RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
        return many ? Pixels : vectors == 2 ? 6 : 10;
    }
}
