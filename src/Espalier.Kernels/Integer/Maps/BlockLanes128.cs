using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Espalier.Kernels;

/// <summary>Sixteen channels as four vectors of 128 bits, on any machine.</summary>
internal readonly unsafe struct BlockLanes128(Vector128<float> a, Vector128<float> b, Vector128<float> c, Vector128<float> d) : IBlockLanes<BlockLanes128>
{
    private readonly Vector128<float> _a = a, _b = b, _c = c, _d = d;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BlockLanes128 Broadcast(float value)
    {
        Vector128<float> all = Vector128.Create(value);
        return new(all, all, all, all);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BlockLanes128 Load(float* from) => Load(from, from + 4, from + 8, from + 12);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BlockLanes128 Load(float* first, float* second, float* third, float* fourth) =>
        new(Vector128.Load(first), Vector128.Load(second), Vector128.Load(third), Vector128.Load(fourth));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BlockLanes128 Load(byte* from)
    {
        (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(Vector128.Load(from));
        (Vector128<uint> a, Vector128<uint> b) = Vector128.Widen(low);
        (Vector128<uint> c, Vector128<uint> d) = Vector128.Widen(high);
        return new(Single(a), Single(b), Single(c), Single(d));

        static Vector128<float> Single(Vector128<uint> numbers) => Vector128.ConvertToSingle(numbers.AsInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BlockLanes128 OfSums(Vector256<int> lower, Vector256<int> upper) => new(
        Vector128.ConvertToSingle(lower.GetLower()), Vector128.ConvertToSingle(lower.GetUpper()),
        Vector128.ConvertToSingle(upper.GetLower()), Vector128.ConvertToSingle(upper.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BlockLanes128 Add(BlockLanes128 a, BlockLanes128 b) => new(a._a + b._a, a._b + b._b, a._c + b._c, a._d + b._d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BlockLanes128 Subtract(BlockLanes128 a, BlockLanes128 b) => new(a._a - b._a, a._b - b._b, a._c - b._c, a._d - b._d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BlockLanes128 Multiply(BlockLanes128 a, BlockLanes128 b) => new(a._a * b._a, a._b * b._b, a._c * b._c, a._d * b._d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BlockLanes128 Divide(BlockLanes128 a, BlockLanes128 b) => new(a._a / b._a, a._b / b._b, a._c / b._c, a._d / b._d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BlockLanes128 And(BlockLanes128 value, BlockLanes128 mask) => new(value._a & mask._a, value._b & mask._b, value._c & mask._c, value._d & mask._d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* to, BlockLanes128 value)
    {
        Vector128.Store(value._a, to);
        Vector128.Store(value._b, to + 4);
        Vector128.Store(value._c, to + 8);
        Vector128.Store(value._d, to + 12);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreQuarter(float* to, BlockLanes128 value, int index) =>
        Vector128.Store(index switch { 0 => value._a, 1 => value._b, 2 => value._c, _ => value._d }, to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(byte* to, BlockLanes128 value, BlockLanes128 low, BlockLanes128 high, int zeroPoint)
    {
        Vector128<int> zeroPoints = Vector128.Create(zeroPoint);
        Vector128<ushort> left = Vector128.Narrow(
            Number(Limited(value._a, low._a, high._a), zeroPoints).AsUInt32(), Number(Limited(value._b, low._b, high._b), zeroPoints).AsUInt32());
        Vector128<ushort> right = Vector128.Narrow(
            Number(Limited(value._c, low._c, high._c), zeroPoints).AsUInt32(), Number(Limited(value._d, low._d, high._d), zeroPoints).AsUInt32());
        Vector128.Store(Vector128.Narrow(left, right), to);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreFour(
        byte* to, BlockLanes128 first, BlockLanes128 second, BlockLanes128 third, BlockLanes128 fourth, BlockLanes128 low, BlockLanes128 high, int zeroPoint)
    {
        Store(to, first, low, high, zeroPoint);
        Store(to + 16, second, low, high, zeroPoint);
        Store(to + 32, third, low, high, zeroPoint);
        Store(to + 48, fourth, low, high, zeroPoint);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BlockLanes128 LimitedOrZero(BlockLanes128 value, BlockLanes128 low, BlockLanes128 high)
    {
        return new(Of(value._a, low._a, high._a), Of(value._b, low._b, high._b), Of(value._c, low._c, high._c), Of(value._d, low._d, high._d));

        static Vector128<float> Of(Vector128<float> value, Vector128<float> low, Vector128<float> high) => Limited(value, low, high) & Vector128.Equals(value, value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreInterleaved(byte* to, BlockLanes128 first, BlockLanes128 second, BlockLanes128 third, BlockLanes128 fourth, int zeroPoint)
    {
        StoreInterleaved(to, first._a, second._a, third._a, fourth._a, zeroPoint);
        StoreInterleaved(to + 16, first._b, second._b, third._b, fourth._b, zeroPoint);
        StoreInterleaved(to + 32, first._c, second._c, third._c, fourth._c, zeroPoint);
        StoreInterleaved(to + 48, first._d, second._d, third._d, fourth._d, zeroPoint);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreInterleaved(byte* to, Vector128<float> first, Vector128<float> second, Vector128<float> third, Vector128<float> fourth, int zeroPoint)
    {
        Vector128<int> zeroPoints = Vector128.Create(zeroPoint);
        Vector128<int> low = Number(first, zeroPoints) | (Number(second, zeroPoints) << 8);
        Vector128<int> high = (Number(third, zeroPoints) << 16) | (Number(fourth, zeroPoints) << 24);
        Vector128.Store((low | high).AsByte(), to);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Limited(Vector128<float> value, Vector128<float> low, Vector128<float> high) =>
        Vector128.MinNative(Vector128.MaxNative(value, low), high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Number(Vector128<float> limited, Vector128<int> zeroPoints) =>
        Vector128.ConvertToInt32Native(Vector128.Round(limited)) + zeroPoints; // half to even
}
