using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Espalier.Kernels;

/// <summary>Sums of depthwise convolutions by <see cref="SumPattern.TapPairs"/> on 256 bits: the inputs of two kernel positions are interleaved and <c>vpmaddwd</c> adds their products.</summary>
internal sealed unsafe class PairSumTile(SumShape shape) : SumTile(shape)
{
    private const int Channels = SumShape.Outputs;
    private const int Pixels = 4;

    internal override void Run(SumArguments* arguments)
    {
        for (int pixel = 0; pixel < Shape.Width; pixel += Pixels)
        {
            Add(arguments, pixel, Math.Min(Pixels, Shape.Width - pixel));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Add(SumArguments* arguments, int pixel, int count)
    {
        byte* p0 = arguments->Input + InputOf(arguments, pixel);
        byte* p1 = arguments->Input + InputOf(arguments, pixel + Math.Min(1, count - 1));
        byte* p2 = arguments->Input + InputOf(arguments, pixel + Math.Min(2, count - 1));
        byte* p3 = arguments->Input + InputOf(arguments, pixel + count - 1);
        Vector256<int> low = Vector256.Load(arguments->Bias), high = Vector256.Load(arguments->Bias + 8);
        Vector256<int> a0 = low, a1 = low, a2 = low, a3 = low, b0 = high, b1 = high, b2 = high, b3 = high;
        sbyte* weights = arguments->Weights;
        for (nint i = 0; i < arguments->Steps; i += 2, weights += 2 * Channels)
        {
            nint first = arguments->Offsets[i];
            nint second = i + 1 < arguments->Steps ? arguments->Offsets[i + 1] : first; // whose weights are 0
            Vector256<short> w0 = Avx2.ConvertToVector256Int16(weights), w1 = Avx2.ConvertToVector256Int16(weights + Channels);
            AddPair(p0, first, second, w0, w1, ref a0, ref b0);
            AddPair(p1, first, second, w0, w1, ref a1, ref b1);
            AddPair(p2, first, second, w0, w1, ref a2, ref b2);
            AddPair(p3, first, second, w0, w1, ref a3, ref b3);
        }

        int* sums = arguments->Sums + (pixel * Channels);
        Store(sums + ((count - 1) * Channels), a3, b3);
        Store(sums + (Math.Min(2, count - 1) * Channels), a2, b2);
        Store(sums + (Math.Min(1, count - 1) * Channels), a1, b1);
        Store(sums, a0, b0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddPair(byte* pixel, nint first, nint second, Vector256<short> w0, Vector256<short> w1, ref Vector256<int> low, ref Vector256<int> high)
    {
        Vector128<byte> x = Vector128.Load(pixel + first), y = Vector128.Load(pixel + second);
        low += Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(Sse2.UnpackLow(x, y)), w0);
        high += Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(Sse2.UnpackHigh(x, y)), w1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(int* to, Vector256<int> low, Vector256<int> high)
    {
        Vector256.Store(low, to);
        Vector256.Store(high, to + 8);
    }
}
