using System.Runtime.InteropServices;

namespace Espalier.Kernels;

/// <summary>How large a register tile may be.</summary>
internal static class TileLimits
{
    /// <summary>Pixels of the widest tile there is.</summary>
    internal const int Pixels = 14;

    /// <summary>
    /// Pixels of the widest tile whose sums stay in registers beside the weights and the input: 14 x 2 or 14 x 1 of 32 vector registers
    /// (AVX-512, Arm), 6 x 2 or 10 x 1 of 16 (AVX2 and older; row tiles have three weights).
    /// </summary>
    internal static int MaximumWidth(int lanes, int vectors)
    {
        bool many = lanes == Lanes512.Count || RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
        return many ? Pixels : vectors == 2 ? 6 : 10;
    }
}
