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
    /// <summary>The order that makes rows of 4 x 4 bytes their columns, in each quarter.</summary>
    private static Vector512<byte> BytesOfPixels => Vector512.Create(
        0x0C080400, 0x0D090501, 0x0E0A0602, 0x0F0B0703, 0x0C080400, 0x0D090501, 0x0E0A0602, 0x0F0B0703,
        0x0C080400, 0x0D090501, 0x0E0A0602, 0x0F0B0703, 0x0C080400, 0x0D090501, 0x0E0A0602, 0x0F0B0703).AsByte();

    /// <summary>Gathers 16 channels of several vectors of pixels.</summary>
    /// <param name="input">The block of channels of the map, at a kernel position.</param>
    /// <param name="places">Where each four pixels are.</param>
    /// <param name="width">Vectors of pixels.</param>
    /// <param name="to">[four channels][vector][16 pixels][4].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Gather(byte* input, FourPixels* places, int width, byte* to)
    {
        nint stride = width * SparseSums.VectorBytes;
        for (byte* end = to + stride; to < end; to += SparseSums.VectorBytes, places += FourPixels.OfVector)
        {
            (Vector512<int> a, Vector512<int> b, Vector512<int> c, Vector512<int> d) = Transposed(Load(input, places), Load(input, places + 1), Load(input, places + 2), Load(input, places + 3));
            Vector512.Store(a, (int*)to);
            Vector512.Store(b, (int*)(to + stride));
            Vector512.Store(c, (int*)(to + (2 * stride)));
            Vector512.Store(d, (int*)(to + (3 * stride)));
        }
    }

    /// <summary>Requantizes the sums of 16 output channels, a residual added before the last rounding, and stores them in the map.</summary>
    /// <param name="operands">Operands.</param>
    /// <param name="clamps">Whether the limits are others than those of 8 bits.</param>
    internal static void Finish(in SparseFinish operands, bool clamps)
    {
        clamps |= !Avx512BW.IsSupported; // whose packing saturates
        if (operands.Residual == null)
        {
            Finish<Constant.C0>(operands, clamps);
        }
        else if (operands.Addition.Own is null)
        {
            Finish<Constant.C1>(operands, clamps);
        }
        else
        {
            Finish<Constant.C2>(operands, clamps);
        }
    }

    private static void Finish<TAdds>(in SparseFinish operands, bool clamps) where TAdds : struct, IConstant
    {
        if (clamps)
        {
            Finish<TAdds, Constant.C1>(operands);
        }
        else
        {
            Finish<TAdds, Constant.C0>(operands);
        }
    }

    // Adds nothing (0), a residual to the sums (1) or to what they are rounded to (2).
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Finish<TAdds, TClamps>(in SparseFinish operands) where TAdds : struct, IConstant where TClamps : struct, IConstant
    {
        // Copies, which can be in registers: what is stored might be the operands for all the compiler knows.
        int* sums = operands.Sums;
        nint stride = operands.SumStride;
        byte* output = operands.Output, residual = operands.Residual;
        float* multipliers = operands.Multipliers;
        FourPixels* outputs = operands.Outputs, residuals = operands.Residuals;
        var limits = new Limits(Vector512.Create(operands.To.Low), Vector512.Create(operands.To.High), Vector512.Create((short)operands.To.ZeroPoint), BytesOfPixels);
        Vector512<int> zeroPoint = Vector512.Create(operands.Addition.ZeroPoint);
        Vector512<float> multiplier = Vector512.Create(operands.Addition.Multiplier);
        OwnRounding rounding = operands.Addition.Own.GetValueOrDefault();
        var own = new Own(Vector512.Create(rounding.To.Low), Vector512.Create(rounding.To.High), Vector512.Create(rounding.Multiplier));
        for (int vectors = operands.Vectors; vectors > 0; vectors--, sums += SparseSums.Pixels, outputs += FourPixels.OfVector)
        {
            Vector512<int> a = default, b = default, c = default, d = default;
            if (TAdds.Value >= 1)
            {
                (a, b, c, d) = Transposed(Load(residual, residuals), Load(residual, residuals + 1), Load(residual, residuals + 2), Load(residual, residuals + 3));
                residuals += FourPixels.OfVector;
            }

            a = Four<TAdds, TClamps>(sums, stride, multipliers, limits, own, a, zeroPoint, multiplier);
            b = Four<TAdds, TClamps>(sums + (4 * stride), stride, multipliers + 4, limits, own, b, zeroPoint, multiplier);
            c = Four<TAdds, TClamps>(sums + (8 * stride), stride, multipliers + 8, limits, own, c, zeroPoint, multiplier);
            d = Four<TAdds, TClamps>(sums + (12 * stride), stride, multipliers + 12, limits, own, d, zeroPoint, multiplier);
            (a, b, c, d) = Transposed(a, b, c, d);
            Store(output, outputs, a);
            Store(output, outputs + 1, b);
            Store(output, outputs + 2, c);
            Store(output, outputs + 3, d);
        }
    }

    /// <summary>The bytes of four channels of 16 pixels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Four<TAdds, TClamps>(
        int* sums, nint stride, float* multipliers, in Limits limits, in Own own, Vector512<int> residual, Vector512<int> zeroPoint, Vector512<float> multiplier)
        where TAdds : struct, IConstant
        where TClamps : struct, IConstant
    {
        Vector512<float> a = Value(sums, multipliers[0]), b = Value(sums + stride, multipliers[1]);
        Vector512<float> c = Value(sums + (2 * stride), multipliers[2]), d = Value(sums + (3 * stride), multipliers[3]);
        if (TAdds.Value == 2)
        {
            (a, b, c, d) = (own.Of(a), own.Of(b), own.Of(c), own.Of(d));
        }

        if (TAdds.Value >= 1)
        {
            Vector512<int> low = Vector512.Create(255);
            a += Product(residual & low, zeroPoint, multiplier); // rounded one by one: .NET makes no fused multiply-add
            b += Product(Vector512.ShiftRightLogical(residual, 8) & low, zeroPoint, multiplier);
            c += Product(Vector512.ShiftRightLogical(residual, 16) & low, zeroPoint, multiplier);
            d += Product(Vector512.ShiftRightLogical(residual, 24), zeroPoint, multiplier);
        }

        if (TClamps.Value == 1)
        {
            (a, b, c, d) = (limits.Of(a), limits.Of(b), limits.Of(c), limits.Of(d));
        }

        return Packed(Rounded(a), Rounded(b), Rounded(c), Rounded(d), limits);
    }

    /// <summary>The bytes of four vectors side by side.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Packed(Vector512<int> a, Vector512<int> b, Vector512<int> c, Vector512<int> d, in Limits limits)
    {
        Vector512<short> zeroPoint = limits.ZeroPoint;
        if (!Avx512BW.IsSupported)
        {
            // Every byte is from 0 to 255 after all, whatever one borrows from the next.
            return a + Vector512.ShiftLeft(b, 8) + Vector512.ShiftLeft(c, 16) + Vector512.ShiftLeft(d, 24) + Vector512.Create(zeroPoint[0] * 0x01010101);
        }

        Vector512<short> first = Avx512BW.AddSaturate(Avx512BW.PackSignedSaturate(a, b), zeroPoint), second = Avx512BW.AddSaturate(Avx512BW.PackSignedSaturate(c, d), zeroPoint);
        return Avx512BW.Shuffle(Avx512BW.PackUnsignedSaturate(first, second), limits.Order).AsInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Value(int* sums, float multiplier) => Vector512.ConvertToSingle(Vector512.Load(sums)) * Vector512.Create(multiplier);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Product(Vector512<int> residual, Vector512<int> zeroPoint, Vector512<float> multiplier) => Vector512.ConvertToSingle(residual - zeroPoint) * multiplier;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Rounded(Vector512<float> value) => // half to even
        Avx512F.IsSupported ? Avx512F.ConvertToVector512Int32(value) : Vector512.ConvertToInt32Native(Vector512.Round(value));

    /// <summary>Four pixels of 16 channels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Load(byte* map, FourPixels* places) => places->IsRow
        ? Vector512.Load((int*)(map + places->First))
        : Vector512.Create(
            Vector256.Create(Vector128.Load((int*)(map + places->First)), Vector128.Load((int*)(map + places->Second))),
            Vector256.Create(Vector128.Load((int*)(map + places->Third)), Vector128.Load((int*)(map + places->Fourth))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(byte* map, FourPixels* places, Vector512<int> four)
    {
        if (places->IsRow)
        {
            Vector512.Store(four, (int*)(map + places->First));
        }
        else
        {
            StoreEach(map, places, four);
        }
    }

    private static void StoreEach(byte* map, FourPixels* places, Vector512<int> four)
    {
        // From the last on: those that there are not have the place of the last that there is, which comes after them.
        Vector128.Store(four.GetUpper().GetUpper(), (int*)(map + places->Fourth));
        Vector128.Store(four.GetUpper().GetLower(), (int*)(map + places->Third));
        Vector128.Store(four.GetLower().GetUpper(), (int*)(map + places->Second));
        Vector128.Store(four.GetLower().GetLower(), (int*)(map + places->First));
    }

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

    private readonly record struct Limits(Vector512<float> Low, Vector512<float> High, Vector512<short> ZeroPoint, Vector512<byte> Order)
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal Vector512<float> Of(Vector512<float> value) => Vector512.MinNative(Vector512.MaxNative(value, Low), High);
    }

    /// <summary>The rounding of the convolution before the residual is added (<see cref="OwnRounding"/>), in vectors.</summary>
    private readonly record struct Own(Vector512<float> Low, Vector512<float> High, Vector512<float> Multiplier)
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal Vector512<float> Of(Vector512<float> value) => Vector512.ConvertToSingle(Rounded(Vector512.MinNative(Vector512.MaxNative(value, Low), High))) * Multiplier;
    }
}
