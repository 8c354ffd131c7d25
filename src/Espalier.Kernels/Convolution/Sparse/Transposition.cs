using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Espalier.Kernels;

/// <summary>Turns squares of lanes x lanes numbers, made of squares of 4 x 4.</summary>
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

    /// <summary>Four columns of squares at a time, one in each quarter of the vectors, so that the rows come out whole.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run512(float* source, int* offsets, float* target, nint stride)
    {
        for (int i = 0; i < 16; i += 4, source += 4, target += 4 * stride)
        {
            Vector512<float> a = Quarters(source, offsets);
            Vector512<float> b = Quarters(source, offsets + 1);
            Vector512<float> c = Quarters(source, offsets + 2);
            Vector512<float> d = Quarters(source, offsets + 3);
            (Vector512<float> ac0, Vector512<float> ac1) = (Avx512F.UnpackLow(a, c), Avx512F.UnpackHigh(a, c));
            (Vector512<float> bd0, Vector512<float> bd1) = (Avx512F.UnpackLow(b, d), Avx512F.UnpackHigh(b, d));
            Vector512.Store(Avx512F.UnpackLow(ac0, bd0), target);
            Vector512.Store(Avx512F.UnpackHigh(ac0, bd0), target + stride);
            Vector512.Store(Avx512F.UnpackLow(ac1, bd1), target + (2 * stride));
            Vector512.Store(Avx512F.UnpackHigh(ac1, bd1), target + (3 * stride));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Quarters(float* source, int* offsets) => Vector512.Create(
        Vector256.Create(Vector128.Load(source + offsets[0]), Vector128.Load(source + offsets[4])),
        Vector256.Create(Vector128.Load(source + offsets[8]), Vector128.Load(source + offsets[12])));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Square(Vector128<float> a, Vector128<float> b, Vector128<float> c, Vector128<float> d, float* to, nint stride)
    {
        // Pairs, then pairs of pairs.
        (Vector128<float> ac0, Vector128<float> ac1) = (Low(a, c), High(a, c));
        (Vector128<float> bd0, Vector128<float> bd1) = (Low(b, d), High(b, d));
        Vector128.Store(Low(ac0, bd0), to);
        Vector128.Store(High(ac0, bd0), to + stride);
        Vector128.Store(Low(ac1, bd1), to + (2 * stride));
        Vector128.Store(High(ac1, bd1), to + (3 * stride));
    }

    /// <summary>The lower halves, number by number in turn.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Low(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackLow(a, b)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(a, b)
        : Vector128.Create(a[0], b[0], a[1], b[1]);

    /// <summary>The upper halves, number by number in turn.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> High(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackHigh(a, b)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(a, b)
        : Vector128.Create(a[2], b[2], a[3], b[3]);
}
