using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Espalier.Kernels;

/// <summary>Between maps, in which a pixel has 16 channels, and vectors of 16 pixels with four channels of each.</summary>
/// <remarks>
/// Both directions are transpositions of 4 x 4 elements of 32 bits within the quarters of four vectors, which is why element i of quarter j is pixel 4i + j. Vectors of 512 bits where
/// the machine has them; elsewhere .NET computes the same with shorter ones.
/// </remarks>
internal static unsafe class SparsePixels
{
    private const int PixelBytes = SumShape.Outputs;
    private const int QuarterPixels = 4;

    /// <summary>Gathers 16 channels of several vectors of pixels.</summary>
    /// <param name="input">The block of channels of the map, at a kernel position.</param>
    /// <param name="offsets">Bytes from there to each pixel.</param>
    /// <param name="width">Vectors of pixels.</param>
    /// <param name="to">[four channels][vector][16 pixels][4].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Gather(byte* input, int* offsets, int width, byte* to)
    {
        nint stride = width * SparseSums.VectorBytes;
        for (int vector = 0; vector < width; vector++, offsets += SparseSums.Pixels, to += SparseSums.VectorBytes)
        {
            (Vector512<int> a, Vector512<int> b, Vector512<int> c, Vector512<int> d) = Transposed(
                Load(input, offsets), Load(input, offsets + QuarterPixels), Load(input, offsets + (2 * QuarterPixels)), Load(input, offsets + (3 * QuarterPixels)));
            Vector512.Store(a, (int*)to);
            Vector512.Store(b, (int*)(to + stride));
            Vector512.Store(c, (int*)(to + (2 * stride)));
            Vector512.Store(d, (int*)(to + (3 * stride)));
        }
    }

    /// <summary>Requantizes the sums of 16 output channels, a residual added before the rounding, and stores them in the map.</summary>
    /// <param name="arguments">Operands.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Finish(in SparseFinish arguments)
    {
        int* sums = arguments.Sums;
        int* offsets = arguments.OutputOffsets;
        int* residualOffsets = arguments.ResidualOffsets;
        for (int pixels = arguments.Pixels; pixels > 0; pixels -= SparseSums.Pixels, sums += SparseSums.Pixels, offsets += SparseSums.Pixels)
        {
            Vector512<int> a, b, c, d;
            if (arguments.Residual == null)
            {
                (a, b, c, d) = (Four(arguments, sums, 0), Four(arguments, sums, 1), Four(arguments, sums, 2), Four(arguments, sums, 3));
            }
            else
            {
                byte* residual = arguments.Residual;
                (Vector512<int> e, Vector512<int> f, Vector512<int> g, Vector512<int> h) = Transposed(
                    Load(residual, residualOffsets), Load(residual, residualOffsets + QuarterPixels), Load(residual, residualOffsets + (2 * QuarterPixels)), Load(residual, residualOffsets + (3 * QuarterPixels)));
                residualOffsets += SparseSums.Pixels;
                (a, b, c, d) = (Four(arguments, sums, 0, e), Four(arguments, sums, 1, f), Four(arguments, sums, 2, g), Four(arguments, sums, 3, h));
            }

            (a, b, c, d) = Transposed(a, b, c, d);
            Store(arguments.Output, offsets, a, pixels);
            Store(arguments.Output, offsets + QuarterPixels, b, pixels - QuarterPixels);
            Store(arguments.Output, offsets + (2 * QuarterPixels), c, pixels - (2 * QuarterPixels));
            Store(arguments.Output, offsets + (3 * QuarterPixels), d, pixels - (3 * QuarterPixels));
        }
    }

    /// <summary>The bytes of four channels of 16 pixels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Four(in SparseFinish arguments, int* sums, int quad)
    {
        int first = quad * SumShape.QuadChannels;
        Vector512<int> bytes = Rounded(arguments, Value(arguments, sums, first));
        bytes += Vector512.ShiftLeft(Rounded(arguments, Value(arguments, sums, first + 1)), 8);
        bytes += Vector512.ShiftLeft(Rounded(arguments, Value(arguments, sums, first + 2)), 16);
        bytes += Vector512.ShiftLeft(Rounded(arguments, Value(arguments, sums, first + 3)), 24);
        return bytes + Vector512.Create(arguments.To.ZeroPoint * 0x01010101); // every byte is from 0 to 255 then, whatever was borrowed before
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Four(in SparseFinish arguments, int* sums, int quad, Vector512<int> residual)
    {
        int first = quad * SumShape.QuadChannels;
        Vector512<int> low = Vector512.Create(255);
        Vector512<int> bytes = Rounded(arguments, Value(arguments, sums, first) + Product(arguments, residual & low));
        bytes += Vector512.ShiftLeft(Rounded(arguments, Value(arguments, sums, first + 1) + Product(arguments, Vector512.ShiftRightLogical(residual, 8) & low)), 8);
        bytes += Vector512.ShiftLeft(Rounded(arguments, Value(arguments, sums, first + 2) + Product(arguments, Vector512.ShiftRightLogical(residual, 16) & low)), 16);
        bytes += Vector512.ShiftLeft(Rounded(arguments, Value(arguments, sums, first + 3) + Product(arguments, Vector512.ShiftRightLogical(residual, 24))), 24);
        return bytes + Vector512.Create(arguments.To.ZeroPoint * 0x01010101);
    }

    // Products and sums are rounded one by one: .NET makes no fused multiply-add of them.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Value(in SparseFinish arguments, int* sums, int channel) =>
        Vector512.ConvertToSingle(Vector512.Load(sums + (channel * arguments.SumStride))) * Vector512.Create(arguments.Multipliers[channel]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Product(in SparseFinish arguments, Vector512<int> residual) =>
        Vector512.ConvertToSingle(residual - Vector512.Create(arguments.Addition.ZeroPoint)) * Vector512.Create(arguments.Addition.Multiplier);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Rounded(in SparseFinish arguments, Vector512<float> value)
    {
        Vector512<float> clamped = Vector512.MinNative(Vector512.MaxNative(value, Vector512.Create(arguments.To.Low)), Vector512.Create(arguments.To.High));
        return Avx512F.IsSupported ? Avx512F.ConvertToVector512Int32(clamped) : Vector512.ConvertToInt32Native(Vector512.Round(clamped)); // half to even
    }

    /// <summary>Four pixels of 16 channels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Load(byte* map, int* offsets) => IsRow(offsets)
        ? Vector512.Load((int*)(map + offsets[0]))
        : Vector512.Create(
            Vector256.Create(Vector128.Load((int*)(map + offsets[0])), Vector128.Load((int*)(map + offsets[1]))),
            Vector256.Create(Vector128.Load((int*)(map + offsets[2])), Vector128.Load((int*)(map + offsets[3]))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(byte* map, int* offsets, Vector512<int> four, int count)
    {
        if (count >= QuarterPixels && IsRow(offsets))
        {
            Vector512.Store(four, (int*)(map + offsets[0]));
        }
        else if (count > 0)
        {
            StoreEach(map, offsets, four, count);
        }
    }

    private static void StoreEach(byte* map, int* offsets, Vector512<int> four, int count)
    {
        Vector128.Store(four.GetLower().GetLower(), (int*)(map + offsets[0]));
        if (count > 1)
        {
            Vector128.Store(four.GetLower().GetUpper(), (int*)(map + offsets[1]));
        }

        if (count > 2)
        {
            Vector128.Store(four.GetUpper().GetLower(), (int*)(map + offsets[2]));
        }

        if (count > 3)
        {
            Vector128.Store(four.GetUpper().GetUpper(), (int*)(map + offsets[3]));
        }
    }

    /// <summary>Whether four pixels are adjacent; they are in order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsRow(int* offsets) => offsets[3] - offsets[0] == 3 * PixelBytes;

    /// <summary>Transposes the 4 x 4 elements of each quarter.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<int> A, Vector512<int> B, Vector512<int> C, Vector512<int> D) Transposed(Vector512<int> a, Vector512<int> b, Vector512<int> c, Vector512<int> d)
    {
        if (!Avx512F.IsSupported)
        {
            return TransposedQuarters(a, b, c, d);
        }

        Vector512<long> e = Avx512F.UnpackLow(a, b).AsInt64(), f = Avx512F.UnpackHigh(a, b).AsInt64();
        Vector512<long> g = Avx512F.UnpackLow(c, d).AsInt64(), h = Avx512F.UnpackHigh(c, d).AsInt64();
        return (Avx512F.UnpackLow(e, g).AsInt32(), Avx512F.UnpackHigh(e, g).AsInt32(), Avx512F.UnpackLow(f, h).AsInt32(), Avx512F.UnpackHigh(f, h).AsInt32());
    }

    private static (Vector512<int> A, Vector512<int> B, Vector512<int> C, Vector512<int> D) TransposedQuarters(Vector512<int> a, Vector512<int> b, Vector512<int> c, Vector512<int> d)
    {
        int* from = stackalloc int[4 * SparseSums.Pixels], to = stackalloc int[4 * SparseSums.Pixels];
        Vector512.Store(a, from);
        Vector512.Store(b, from + SparseSums.Pixels);
        Vector512.Store(c, from + (2 * SparseSums.Pixels));
        Vector512.Store(d, from + (3 * SparseSums.Pixels));
        for (int i = 0; i < 4 * SparseSums.Pixels; i++)
        {
            (int row, int column) = (i / SparseSums.Pixels, i % 4);
            to[i] = from[(column * SparseSums.Pixels) + (i % SparseSums.Pixels) - column + row];
        }

        return (Vector512.Load(to), Vector512.Load(to + SparseSums.Pixels), Vector512.Load(to + (2 * SparseSums.Pixels)), Vector512.Load(to + (3 * SparseSums.Pixels)));
    }
}

/// <summary>The operands of <see cref="SparsePixels.Finish"/> for a block of 16 output channels.</summary>
internal unsafe ref struct SparseFinish
{
    /// <summary>Sums, 16 pixels to a vector.</summary>
    internal int* Sums;

    /// <summary>Sums from one output channel to the next.</summary>
    internal nint SumStride;

    /// <summary>Number of pixels.</summary>
    internal int Pixels;

    /// <summary>The multiplier of each of the 16 channels.</summary>
    internal float* Multipliers;

    /// <summary>The block of channels of the residual, or null.</summary>
    internal byte* Residual;

    /// <summary>Bytes from there to each pixel, of whole vectors.</summary>
    internal int* ResidualOffsets;

    /// <summary>The block of channels of the output.</summary>
    internal byte* Output;

    /// <summary>Bytes from there to each pixel, of whole vectors.</summary>
    internal int* OutputOffsets;

    /// <summary>The addition of the residual, if there is one.</summary>
    internal ResidualAddition Addition;

    /// <summary>Zero point and limits of the output.</summary>
    internal Requantization To;
}
