namespace Espalier.Imaging;

/// <summary>
/// The inverse discrete cosine transform of an 8x8 block to 4x4, 2x2 or 1x1 samples in integers, with the roundings of libjpeg (jidctred.c): the results are equal bit for bit.
/// </summary>
/// <remarks>The transform of 4 or 2 points is that of 8 points of which pairs or fours of outputs are averaged, so that coefficient 4, or 2, 4 and 6, have no effect.</remarks>
internal static class ReducedDct
{
    private const int ConstantBits = 13; // fraction of the constants below: each is round(x · 2¹³)
    private const int PassBits = 2; // fraction kept between the passes
    private const int ScaleBits = 3; // the factors √8 of both passes together
    private const int Side = JpegComponent.BlockSide;
    private const int Centre = 128; // samples are coded relative to it

    private const int C0211164243 = 1730;
    private const int C0509795579 = 4176;
    private const int C0601344887 = 4926;
    private const int C0720959822 = 5906;
    private const int C0765366865 = 6270;
    private const int C0850430095 = 6967;
    private const int C0899976223 = 7373;
    private const int C1061594337 = 8697;
    private const int C1272758580 = 10426;
    private const int C1451774981 = 11893;
    private const int C1847759065 = 15137;
    private const int C2172734803 = 17799;
    private const int C2562915447 = 20995;
    private const int C3624509785 = 29692;

    /// <summary>Dequantizes a block, transforms it and writes its samples.</summary>
    /// <param name="size">Samples along each side: 4, 2 or 1.</param>
    /// <param name="coefficients">64 coefficients in row-major order.</param>
    /// <param name="quantization">64 quantization steps in row-major order.</param>
    /// <param name="samples">The output, beginning with the block's first sample.</param>
    /// <param name="stride">Distance between rows of samples, in bytes.</param>
    internal static void Transform(int size, ReadOnlySpan<short> coefficients, ReadOnlySpan<int> quantization, Span<byte> samples, int stride)
    {
        if (size == 1)
        {
            samples[0] = Sample(Round(coefficients[0] * quantization[0], ScaleBits));
            return;
        }

        Span<int> block = stackalloc int[JpegComponent.BlockSize];
        for (int i = 0; i < block.Length; i++)
        {
            block[i] = coefficients[i] * quantization[i];
        }

        Span<int> rows = stackalloc int[Side * 4]; // the results of the columns
        Span<int> line = stackalloc int[4];
        for (int column = 0; column < Side; column++)
        {
            Pass(size, block[column..], Side, line, ConstantBits - PassBits);
            for (int row = 0; row < size; row++)
            {
                rows[(row * Side) + column] = line[row];
            }
        }

        for (int row = 0; row < size; row++)
        {
            Pass(size, rows[(row * Side)..], 1, line, ConstantBits + PassBits + ScaleBits);
            for (int column = 0; column < size; column++)
            {
                samples[(row * stride) + column] = Sample(line[column]);
            }
        }
    }

    private static void Pass(int size, ReadOnlySpan<int> input, int step, Span<int> output, int shift)
    {
        if (size == 4)
        {
            ToFour(input, step, output, shift + 1);
        }
        else
        {
            ToTwo(input, step, output, shift + 2);
        }
    }

    private static void ToFour(ReadOnlySpan<int> input, int step, Span<int> output, int shift)
    {
        int i1 = input[step], i2 = input[2 * step], i3 = input[3 * step], i5 = input[5 * step], i6 = input[6 * step], i7 = input[7 * step];
        int first = input[0] << (ConstantBits + 1);
        int even = (i2 * C1847759065) - (i6 * C0765366865);
        int inner = (i5 * C1451774981) + (i1 * C1061594337) - (i7 * C0211164243) - (i3 * C2172734803);
        int outer = (i3 * C0899976223) + (i1 * C2562915447) - (i7 * C0509795579) - (i5 * C0601344887);
        output[0] = Round(first + even + outer, shift);
        output[3] = Round(first + even - outer, shift);
        output[1] = Round(first - even + inner, shift);
        output[2] = Round(first - even - inner, shift);
    }

    private static void ToTwo(ReadOnlySpan<int> input, int step, Span<int> output, int shift)
    {
        int first = input[0] << (ConstantBits + 2);
        int odd = (input[5 * step] * C0850430095) + (input[step] * C3624509785) - (input[7 * step] * C0720959822) - (input[3 * step] * C1272758580);
        output[0] = Round(first + odd, shift);
        output[1] = Round(first - odd, shift);
    }

    private static int Round(int value, int shift) => (value + (1 << (shift - 1))) >> shift;

    private static byte Sample(int value) => (byte)Math.Clamp(value + Centre, 0, 255);
}
