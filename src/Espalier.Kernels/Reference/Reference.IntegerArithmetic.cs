using Espalier.Tensors;

namespace Espalier.Kernels;

internal static partial class Reference
{
    /// <summary>Quantizes: x / scale in float32, then clamp, round half to even and zero point. A NaN becomes the zero point.</summary>
    /// <param name="input">Values.</param>
    /// <param name="scale">The scale of the output.</param>
    /// <param name="to">Zero point and limits of the output.</param>
    /// <param name="output">As many 8-bit numbers.</param>
    public static void Quantize(ReadOnlySpan<float> input, float scale, Requantization to, Span<byte> output)
    {
        Expect.Length(output.Length, input.Length, nameof(output));
        for (int i = 0; i < input.Length; i++)
        {
            output[i] = float.IsNaN(input[i]) ? (byte)to.ZeroPoint : to.Round(input[i] / scale);
        }
    }

    /// <summary>The values that 8-bit numbers stand for: float32(x − zero point)·scale.</summary>
    public static void Dequantize(ReadOnlySpan<byte> input, float scale, int zeroPoint, Span<float> output)
    {
        Expect.Length(output.Length, input.Length, nameof(output));
        for (int i = 0; i < input.Length; i++)
        {
            output[i] = (input[i] - zeroPoint) * scale;
        }
    }

    /// <summary>Adds two maps of different scales, with an optional clamp as activation.</summary>
    /// <param name="first">The first summand.</param>
    /// <param name="second">The second summand, of the same length.</param>
    /// <param name="addition">Zero points, multipliers, and the sum's requantization.</param>
    /// <param name="output">The sum.</param>
    public static void IntegerAdd(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, IntegerAddition addition, Span<byte> output)
    {
        Expect.Length(second.Length, first.Length, nameof(second));
        Expect.Length(output.Length, first.Length, nameof(output));
        for (int i = 0; i < first.Length; i++)
        {
            output[i] = addition.Add(first[i], second[i]);
        }
    }

    /// <summary>Multiplies each map by another or, as squeeze-and-excitation does, each channel by one value.</summary>
    /// <param name="first">Batch x <paramref name="shape"/>.</param>
    /// <param name="firstZeroPoint">Zero point of the first factor.</param>
    /// <param name="second">Batch x <paramref name="shape"/>, or batch x channels.</param>
    /// <param name="secondZeroPoint">Zero point of the second factor.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="shape">The shape of one image.</param>
    /// <param name="multiplier"><see cref="Requantization.Multiplier(float, float, float)"/> of both scales and the output's.</param>
    /// <param name="to">Zero point and limits of the output.</param>
    /// <param name="output">Batch x <paramref name="shape"/>.</param>
    public static void IntegerMultiply(
        ReadOnlySpan<byte> first, int firstZeroPoint, ReadOnlySpan<byte> second, int secondZeroPoint, int batch, FeatureMap shape,
        float multiplier, Requantization to, Span<byte> output)
    {
        Expect.Length(first.Length, (long)batch * shape.Length, nameof(first));
        Expect.Length(output.Length, first.Length, nameof(output));
        bool perChannel = second.Length != first.Length;
        Expect.Length(second.Length, perChannel ? (long)batch * shape.Channels : first.Length, nameof(second));
        for (int i = 0; i < first.Length; i++)
        {
            int product = (first[i] - firstZeroPoint) * (second[perChannel ? i / shape.Pixels : i] - secondZeroPoint);
            output[i] = to.Round(product * multiplier);
        }
    }

    /// <summary>Scales and shifts each channel: a normalization that cannot be folded.</summary>
    /// <param name="input">Batch x <paramref name="shape"/>.</param>
    /// <param name="zeroPoint">Zero point of the input.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="shape">The shape of one image.</param>
    /// <param name="multipliers">One for each channel: float32(double(input scale)·scale/output scale), of either sign.</param>
    /// <param name="shifts">One for each channel: float32(double(shift)/output scale).</param>
    /// <param name="to">Zero point and limits of the output.</param>
    /// <param name="output">Batch x <paramref name="shape"/>.</param>
    public static void IntegerScaleShift(
        ReadOnlySpan<byte> input, int zeroPoint, int batch, FeatureMap shape, ReadOnlySpan<float> multipliers, ReadOnlySpan<float> shifts, Requantization to, Span<byte> output)
    {
        Expect.Length(input.Length, (long)batch * shape.Length, nameof(input));
        Expect.Length(multipliers.Length, shape.Channels, nameof(multipliers));
        Expect.Length(shifts.Length, shape.Channels, nameof(shifts));
        Expect.Length(output.Length, input.Length, nameof(output));
        for (int i = 0; i < input.Length; i++)
        {
            int channel = i / shape.Pixels % shape.Channels;
            float product = (input[i] - zeroPoint) * multipliers[channel];
            output[i] = to.Round(product + shifts[channel]);
        }
    }

    /// <summary>Replaces each number by its entry in a table: an activation, or another scale and zero point (<see cref="IntegerTable"/>).</summary>
    /// <param name="input">8-bit numbers.</param>
    /// <param name="table">256 entries.</param>
    /// <param name="output">As many 8-bit numbers; may be the input.</param>
    public static void IntegerLookUp(ReadOnlySpan<byte> input, ReadOnlySpan<byte> table, Span<byte> output)
    {
        Expect.Length(table.Length, 256, nameof(table));
        Expect.Length(output.Length, input.Length, nameof(output));
        for (int i = 0; i < input.Length; i++)
        {
            output[i] = table[input[i]];
        }
    }
}
