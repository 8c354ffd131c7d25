using System.Runtime.InteropServices;

namespace Espalier.Kernels;

/// <summary>Four weights and the offsets of the pixels they multiply in the gathered input.</summary>
/// <remarks>
/// On Zen 5 the inner loops are limited by loads, regardless of width: with four weights in one load and four offsets in another, a nonzero
/// needs half a load, besides its pixels, instead of two.
/// </remarks>
[StructLayout(LayoutKind.Sequential)]
internal struct WeightQuad
{
    /// <summary>Bytes per unit of an offset, so that 16 bits address 512 KB.</summary>
    internal const int OffsetUnit = 8;

    /// <summary>The first of the four weights, which are contiguous.</summary>
    internal float First;

    internal float Second;

    internal float Third;

    internal float Fourth;

    /// <summary>Their offsets, 16 bits each, the first lowest; in <see cref="OffsetUnit"/> bytes.</summary>
    internal ulong Offsets;

    /// <summary>Sets weight <paramref name="index"/> and its offset, which must be 0 before.</summary>
    internal void Set(int index, float weight, ushort offset)
    {
        switch (index)
        {
            case 0: First = weight; break;
            case 1: Second = weight; break;
            case 2: Third = weight; break;
            default: Fourth = weight; break;
        }

        Offsets |= (ulong)offset << (16 * index);
    }
}
