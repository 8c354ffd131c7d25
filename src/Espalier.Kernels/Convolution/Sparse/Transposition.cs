using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Espalier.Kernels;

/// <summary>Transposes squares of lanes x lanes floats, composed of squares of 4 x 4.</summary>
internal static unsafe class Transposition
{
    /// <summary>target[i · targetStride + j] = source[offsets[j] + i] for all i and j below the lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Run<TLanes>(float* source, int* offsets, float* target, nint targetStride) where TLanes : unmanaged, ILanes<TLanes>
    {
        if (TLanes.Count == 16)
        {
            Run512(source, offsets, target, targetStride);
            return;
        }

        for (int j = 0; j < TLanes.Count; j += 4)
        {
            float* a = source + offsets[j];
            float* b = source + offsets[j + 1];
            float* c = source + offsets[j + 2];
            float* d = source + offsets[j + 3];
            float* to = target + j;
            for (int i = 0; i < TLanes.Count; i += 4)
            {
                Square(Vector128.Load(a + i), Vector128.Load(b + i), Vector128.Load(c + i), Vector128.Load(d + i), to, targetStride);
                to += 4 * targetStride;
            }
        }
    }

    /// <summary>Transposes the squares of 4 x 4 within the vectors' quarters, then the quarters; works on whole vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run512(float* source, int* offsets, float* target, nint stride)
    {
        Squares(source, offsets, out Vector512<float> a0, out Vector512<float> a1, out Vector512<float> a2, out Vector512<float> a3);
        Squares(source, offsets + 4, out Vector512<float> b0, out Vector512<float> b1, out Vector512<float> b2, out Vector512<float> b3);
        Squares(source, offsets + 8, out Vector512<float> c0, out Vector512<float> c1, out Vector512<float> c2, out Vector512<float> c3);
        Squares(source, offsets + 12, out Vector512<float> d0, out Vector512<float> d1, out Vector512<float> d2, out Vector512<float> d3);
        Quarters(a0, b0, c0, d0, target, 4 * stride);
        Quarters(a1, b1, c1, d1, target + stride, 4 * stride);
        Quarters(a2, b2, c2, d2, target + (2 * stride), 4 * stride);
        Quarters(a3, b3, c3, d3, target + (3 * stride), 4 * stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Squares(float* source, int* offsets, out Vector512<float> first, out Vector512<float> second, out Vector512<float> third, out Vector512<float> fourth)
    {
        Vector512<float> a = Vector512.Load(source + offsets[0]);
        Vector512<float> b = Vector512.Load(source + offsets[1]);
        Vector512<float> c = Vector512.Load(source + offsets[2]);
        Vector512<float> d = Vector512.Load(source + offsets[3]);
        (Vector512<float> ac0, Vector512<float> ac1) = (Avx512F.UnpackLow(a, c), Avx512F.UnpackHigh(a, c));
        (Vector512<float> bd0, Vector512<float> bd1) = (Avx512F.UnpackLow(b, d), Avx512F.UnpackHigh(b, d));
        (first, second) = (Avx512F.UnpackLow(ac0, bd0), Avx512F.UnpackHigh(ac0, bd0));
        (third, fourth) = (Avx512F.UnpackLow(ac1, bd1), Avx512F.UnpackHigh(ac1, bd1));
    }

    /// <summary>The first quarter of all four, then the second, third and fourth.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Quarters(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d, float* target, nint stride)
    {
        const byte Halves01 = 0x44, Halves23 = 0xEE, Even = 0x88, Odd = 0xDD; // selectors of quarters: two of the first operand, then two of the second
        (Vector512<float> ab, Vector512<float> cd) = (Avx512F.Shuffle4x128(a, b, Halves01), Avx512F.Shuffle4x128(c, d, Halves01));
        Vector512.Store(Avx512F.Shuffle4x128(ab, cd, Even), target);
        Vector512.Store(Avx512F.Shuffle4x128(ab, cd, Odd), target + stride);
        (ab, cd) = (Avx512F.Shuffle4x128(a, b, Halves23), Avx512F.Shuffle4x128(c, d, Halves23));
        Vector512.Store(Avx512F.Shuffle4x128(ab, cd, Even), target + (2 * stride));
        Vector512.Store(Avx512F.Shuffle4x128(ab, cd, Odd), target + (3 * stride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Square(Vector128<float> a, Vector128<float> b, Vector128<float> c, Vector128<float> d, float* to, nint stride)
    {
        // Interleave pairs, then pairs of pairs.
        (Vector128<float> ac0, Vector128<float> ac1) = (Low(a, c), High(a, c));
        (Vector128<float> bd0, Vector128<float> bd1) = (Low(b, d), High(b, d));
        Vector128.Store(Low(ac0, bd0), to);
        Vector128.Store(High(ac0, bd0), to + stride);
        Vector128.Store(Low(ac1, bd1), to + (2 * stride));
        Vector128.Store(High(ac1, bd1), to + (3 * stride));
    }

    /// <summary>Interleaves the lower halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Low(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackLow(a, b)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(a, b)
        : Vector128.Create(a[0], b[0], a[1], b[1]);

    /// <summary>Interleaves the upper halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> High(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackHigh(a, b)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(a, b)
        : Vector128.Create(a[2], b[2], a[3], b[3]);
}
