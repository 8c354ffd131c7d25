using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Espalier.Kernels;

/// <summary>Sixteen channels as one vector of 512 bits.</summary>
internal readonly unsafe struct BlockLanes512(Vector512<float> value) : IBlockLanes<BlockLanes512>
{
    private readonly Vector512<float> _value = value;

    internal static bool IsSupported => Vector512.IsHardwareAccelerated && Avx512BW.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BlockLanes512 Broadcast(float value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BlockLanes512 Load(float* from) => new(Vector512.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BlockLanes512 Load(float* first, float* second, float* third, float* fourth)
    {
        // Not Vector512.Create of halves, which goes through memory.
        Vector256<float> low = Avx.InsertVector128(Vector128.Load(first).ToVector256Unsafe(), Vector128.Load(second), 1);
        Vector256<float> high = Avx.InsertVector128(Vector128.Load(third).ToVector256Unsafe(), Vector128.Load(fourth), 1);
        return new(Avx512F.InsertVector256(low.ToVector512Unsafe(), high, 1));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BlockLanes512 Load(byte* from) => new(Avx512F.ConvertToVector512Single(Avx512F.ConvertToVector512Int32(Vector128.Load(from))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BlockLanes512 OfSums(Vector256<int> lower, Vector256<int> upper) => new(Avx512F.ConvertToVector512Single(Vector512.Create(lower, upper)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BlockLanes512 Add(BlockLanes512 a, BlockLanes512 b) => new(a._value + b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BlockLanes512 Subtract(BlockLanes512 a, BlockLanes512 b) => new(a._value - b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BlockLanes512 Multiply(BlockLanes512 a, BlockLanes512 b) => new(a._value * b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BlockLanes512 Divide(BlockLanes512 a, BlockLanes512 b) => new(a._value / b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BlockLanes512 And(BlockLanes512 value, BlockLanes512 mask) => new(value._value & mask._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* to, BlockLanes512 value) => Vector512.Store(value._value, to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreQuarter(float* to, BlockLanes512 value, int index)
    {
        Vector256<float> half = (index & 2) == 0 ? value._value.GetLower() : value._value.GetUpper();
        Vector128.Store((index & 1) == 0 ? half.GetLower() : half.GetUpper(), to);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(byte* to, BlockLanes512 value, BlockLanes512 low, BlockLanes512 high, int zeroPoint) =>
        Vector128.Store(Avx512F.ConvertToVector128Byte(Rounded(value, low, high) + Vector512.Create(zeroPoint)), to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreFour(
        byte* to, BlockLanes512 first, BlockLanes512 second, BlockLanes512 third, BlockLanes512 fourth, BlockLanes512 low, BlockLanes512 high, int zeroPoint)
    {
        // Packing puts the numbers of each 128 bits of four vectors beside each other: four of every pixel, then the next four.
        Vector512<short> zeroPoints = Vector512.Create((short)zeroPoint);
        Vector512<short> left = Avx512BW.PackSignedSaturate(Rounded(first, low, high), Rounded(second, low, high)) + zeroPoints;
        Vector512<short> right = Avx512BW.PackSignedSaturate(Rounded(third, low, high), Rounded(fourth, low, high)) + zeroPoints;
        Vector512<int> pixelsTogether = Vector512.Create(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
        Vector512.Store(Avx512F.PermuteVar16x32(Avx512BW.PackUnsignedSaturate(left, right).AsInt32(), pixelsTogether).AsByte(), to);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BlockLanes512 LimitedOrZero(BlockLanes512 value, BlockLanes512 low, BlockLanes512 high) =>
        new(Avx512F.Min(Avx512F.Max(value._value, low._value), high._value) & Vector512.Equals(value._value, value._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreInterleaved(byte* to, BlockLanes512 first, BlockLanes512 second, BlockLanes512 third, BlockLanes512 fourth, int zeroPoint)
    {
        Vector512<int> zeroPoints = Vector512.Create(zeroPoint);
        Vector512<int> low = Number(first) | (Number(second) << 8);
        Vector512<int> high = (Number(third) << 16) | (Number(fourth) << 24);
        Vector512.Store((low | high).AsByte(), to);

        Vector512<int> Number(BlockLanes512 limited) => Avx512F.ConvertToVector512Int32(limited._value) + zeroPoints;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Rounded(BlockLanes512 value, BlockLanes512 low, BlockLanes512 high) =>
        Avx512F.ConvertToVector512Int32(Avx512F.Min(Avx512F.Max(value._value, low._value), high._value)); // half to even
}
