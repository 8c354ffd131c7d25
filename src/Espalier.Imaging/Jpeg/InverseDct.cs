using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Espalier.Imaging;

/// <summary>
/// The inverse discrete cosine transform of an 8x8 block in integers, with the roundings of libjpeg's accurate transform ("islow"): the results are equal bit for bit.
/// </summary>
/// <remarks>
/// The factorization is that of Loeffler, Ligtenberg and Moschytz, "Practical fast 1-D DCT algorithms with 11 multiplications" (ICASSP 1989):
/// columns first, keeping 2 fractional bits, then rows. A vector holds one row, so a pass transforms 8 columns at once.
/// </remarks>
internal static class InverseDct
{
    private const int ConstantBits = 13; // fraction of the constants below: each is round(x · 2¹³)
    private const int PassBits = 2; // fraction kept between the passes
    private const int ScaleBits = 3; // the factors √8 of both passes together

    private const int C0298631336 = 2446;
    private const int C0390180644 = 3196;
    private const int C0541196100 = 4433;
    private const int C0765366865 = 6270;
    private const int C0899976223 = 7373;
    private const int C1175875602 = 9633;
    private const int C1501321110 = 12299;
    private const int C1847759065 = 15137;
    private const int C1961570560 = 16069;
    private const int C2053119869 = 16819;
    private const int C2562915447 = 20995;
    private const int C3072711026 = 25172;

    private const int Centre = 128; // samples are coded relative to it

    /// <summary>Dequantizes a block, transforms it and writes its samples.</summary>
    /// <param name="coefficients">64 coefficients in row-major order.</param>
    /// <param name="quantization">64 quantization steps in row-major order.</param>
    /// <param name="samples">The output, beginning with the block's first sample.</param>
    /// <param name="stride">Distance between rows of samples, in bytes.</param>
    public static void Transform(ReadOnlySpan<short> coefficients, ReadOnlySpan<int> quantization, Span<byte> samples, int stride)
    {
        if (!coefficients[1..].ContainsAnyExcept((short)0))
        {
            FillFlat(coefficients[0] * quantization[0], samples, stride);
            return;
        }

        Vector256<int> r0 = Load(coefficients, quantization, 0), r1 = Load(coefficients, quantization, 1);
        Vector256<int> r2 = Load(coefficients, quantization, 2), r3 = Load(coefficients, quantization, 3);
        Vector256<int> r4 = Load(coefficients, quantization, 4), r5 = Load(coefficients, quantization, 5);
        Vector256<int> r6 = Load(coefficients, quantization, 6), r7 = Load(coefficients, quantization, 7);
        Pass(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5, ref r6, ref r7, ConstantBits - PassBits);
        Transpose(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5, ref r6, ref r7);
        Pass(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5, ref r6, ref r7, ConstantBits + PassBits + ScaleBits);
        Transpose(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5, ref r6, ref r7);
        Store(r0, samples);
        Store(r1, samples[stride..]);
        Store(r2, samples[(2 * stride)..]);
        Store(r3, samples[(3 * stride)..]);
        Store(r4, samples[(4 * stride)..]);
        Store(r5, samples[(5 * stride)..]);
        Store(r6, samples[(6 * stride)..]);
        Store(r7, samples[(7 * stride)..]);
    }

    /// <summary>The result of both passes when only the DC coefficient is not zero.</summary>
    private static void FillFlat(int dc, Span<byte> samples, int stride)
    {
        int value = ((dc << PassBits) + (1 << (PassBits + ScaleBits - 1))) >> (PassBits + ScaleBits);
        byte sample = (byte)Math.Clamp(value + Centre, 0, 255);
        for (int row = 0; row < JpegComponent.BlockSide; row++)
        {
            samples.Slice(row * stride, JpegComponent.BlockSide).Fill(sample);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Load(ReadOnlySpan<short> coefficients, ReadOnlySpan<int> quantization, int row)
    {
        Vector128<short> narrow = Vector128.Create(coefficients.Slice(row * JpegComponent.BlockSide, JpegComponent.BlockSide));
        return Vector256.Create(Vector128.WidenLower(narrow), Vector128.WidenUpper(narrow))
            * Vector256.Create(quantization.Slice(row * JpegComponent.BlockSide, JpegComponent.BlockSide));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector256<int> row, Span<byte> samples)
    {
        Vector256<int> clamped = Vector256.Clamp(row + Vector256.Create(Centre), Vector256<int>.Zero, Vector256.Create(255));
        Vector128<short> words = Vector128.Narrow(clamped.GetLower(), clamped.GetUpper());
        BinaryPrimitives.WriteUInt64LittleEndian(samples, Vector128.Narrow(words.AsUInt16(), words.AsUInt16()).AsUInt64().ToScalar());
    }

    /// <summary>The one-dimensional transform of every lane; results are divided by 2^<paramref name="shift"/> and rounded.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pass(
        ref Vector256<int> r0, ref Vector256<int> r1, ref Vector256<int> r2, ref Vector256<int> r3,
        ref Vector256<int> r4, ref Vector256<int> r5, ref Vector256<int> r6, ref Vector256<int> r7, int shift)
    {
        Vector256<int> rounding = Vector256.Create(1 << (shift - 1));
        Vector256<int> turned = (r2 + r6) * C0541196100;
        Vector256<int> even2 = turned - (r6 * C1847759065);
        Vector256<int> even3 = turned + (r2 * C0765366865);
        Vector256<int> sum = ((r0 + r4) << ConstantBits) + rounding;
        Vector256<int> difference = ((r0 - r4) << ConstantBits) + rounding;
        Vector256<int> e0 = sum + even3, e3 = sum - even3, e1 = difference + even2, e2 = difference - even2;

        Vector256<int> z5 = (r7 + r3 + r5 + r1) * C1175875602;
        Vector256<int> z1 = (r7 + r1) * C0899976223;
        Vector256<int> z2 = (r5 + r3) * C2562915447;
        Vector256<int> z3 = z5 - ((r7 + r3) * C1961570560);
        Vector256<int> z4 = z5 - ((r5 + r1) * C0390180644);
        Vector256<int> o0 = (r7 * C0298631336) - z1 + z3;
        Vector256<int> o1 = (r5 * C2053119869) - z2 + z4;
        Vector256<int> o2 = (r3 * C3072711026) - z2 + z3;
        Vector256<int> o3 = (r1 * C1501321110) - z1 + z4;

        r0 = (e0 + o3) >> shift;
        r7 = (e0 - o3) >> shift;
        r1 = (e1 + o2) >> shift;
        r6 = (e1 - o2) >> shift;
        r2 = (e2 + o1) >> shift;
        r5 = (e2 - o1) >> shift;
        r3 = (e3 + o0) >> shift;
        r4 = (e3 - o0) >> shift;
    }

    /// <summary>Transposes: swaps blocks of 4, then of 2, then single lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(
        ref Vector256<int> r0, ref Vector256<int> r1, ref Vector256<int> r2, ref Vector256<int> r3,
        ref Vector256<int> r4, ref Vector256<int> r5, ref Vector256<int> r6, ref Vector256<int> r7)
    {
        SwapFours(ref r0, ref r4);
        SwapFours(ref r1, ref r5);
        SwapFours(ref r2, ref r6);
        SwapFours(ref r3, ref r7);
        SwapTwos(ref r0, ref r2);
        SwapTwos(ref r1, ref r3);
        SwapTwos(ref r4, ref r6);
        SwapTwos(ref r5, ref r7);
        SwapOnes(ref r0, ref r1);
        SwapOnes(ref r2, ref r3);
        SwapOnes(ref r4, ref r5);
        SwapOnes(ref r6, ref r7);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SwapFours(ref Vector256<int> upper, ref Vector256<int> lower)
    {
        Vector128<int> moved = upper.GetUpper();
        upper = upper.WithUpper(lower.GetLower());
        lower = lower.WithLower(moved);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SwapTwos(ref Vector256<int> upper, ref Vector256<int> lower)
    {
        Vector256<int> keepsFirst = Vector256.Create(-1, -1, 0, 0, -1, -1, 0, 0);
        Vector256<int> first = Vector256.ConditionalSelect(keepsFirst, upper, Vector256.Shuffle(lower, Vector256.Create(0, 0, 0, 1, 0, 0, 4, 5)));
        lower = Vector256.ConditionalSelect(keepsFirst, Vector256.Shuffle(upper, Vector256.Create(2, 3, 0, 0, 6, 7, 0, 0)), lower);
        upper = first;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SwapOnes(ref Vector256<int> upper, ref Vector256<int> lower)
    {
        Vector256<int> keepsFirst = Vector256.Create(-1, 0, -1, 0, -1, 0, -1, 0);
        Vector256<int> first = Vector256.ConditionalSelect(keepsFirst, upper, Vector256.Shuffle(lower, Vector256.Create(0, 0, 0, 2, 0, 4, 0, 6)));
        lower = Vector256.ConditionalSelect(keepsFirst, Vector256.Shuffle(upper, Vector256.Create(1, 0, 3, 0, 5, 0, 7, 0)), lower);
        upper = first;
    }
}
