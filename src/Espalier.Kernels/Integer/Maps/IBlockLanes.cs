using System.Runtime.Intrinsics;

namespace Espalier.Kernels;

/// <summary>The sixteen channels that a block of an 8-bit map has for one pixel, as float32 numbers. Kernels are written once, generic over it.</summary>
/// <remarks>Every operation rounds once, and nothing is fused, so that all machines compute the same bits.</remarks>
internal unsafe interface IBlockLanes<TSelf> where TSelf : struct, IBlockLanes<TSelf>
{
    static abstract TSelf Broadcast(float value);

    static abstract TSelf Load(float* from);

    /// <summary>Four floats from each of four addresses.</summary>
    static abstract TSelf Load(float* first, float* second, float* third, float* fourth);

    /// <summary>Sixteen 8-bit numbers.</summary>
    static abstract TSelf Load(byte* from);

    /// <summary>Sixteen exact sums, each rounded half to even.</summary>
    static abstract TSelf OfSums(Vector256<int> lower, Vector256<int> upper);

    static abstract TSelf Add(TSelf a, TSelf b);

    static abstract TSelf Subtract(TSelf a, TSelf b);

    static abstract TSelf Multiply(TSelf a, TSelf b);

    static abstract TSelf Divide(TSelf a, TSelf b);

    /// <summary>The numbers of <paramref name="value"/> where the bits of <paramref name="mask"/> are ones, 0 where they are zeros.</summary>
    static abstract TSelf And(TSelf value, TSelf mask);

    static abstract void Store(float* to, TSelf value);

    /// <summary>The quarter <paramref name="index"/> of the numbers.</summary>
    static abstract void StoreQuarter(float* to, TSelf value, int index);

    /// <summary>As <see cref="Requantization.Round"/>, for numbers that are not NaN.</summary>
    static abstract void Store(byte* to, TSelf value, TSelf low, TSelf high, int zeroPoint);

    /// <summary>The same for four pixels in a row.</summary>
    static abstract void StoreFour(byte* to, TSelf first, TSelf second, TSelf third, TSelf fourth, TSelf low, TSelf high, int zeroPoint);

    /// <summary>The value between the limits; 0 for NaN, as <see cref="Requantization.RoundedOf"/> has it.</summary>
    static abstract TSelf LimitedOrZero(TSelf value, TSelf low, TSelf high);

    /// <summary>Rounds four times sixteen limited numbers, adds the zero point, and writes the first of each, then the second of each, and so on.</summary>
    static abstract void StoreInterleaved(byte* to, TSelf first, TSelf second, TSelf third, TSelf fourth, int zeroPoint);
}
