using System.Numerics;

namespace Espalier.Kernels;

internal static partial class Reference
{
    private const int GreatestByte = byte.MaxValue;
    private const int GreatestWeight = sbyte.MaxValue;

    /// <summary>Rounds to unsigned 8 bits and reads back: (clamp(round half to even(x/scale) + zero point, 0, 255) − zero point)·scale. The quotient is one of float32 numbers; NaN stays NaN.</summary>
    /// <param name="input">The values.</param>
    /// <param name="scale">The distance of neighbouring results.</param>
    /// <param name="zeroPoint">The integer that stands for 0.</param>
    /// <param name="output">As long as <paramref name="input"/>.</param>
    public static void Quantize<T>(ReadOnlySpan<T> input, T scale, T zeroPoint, Span<T> output) where T : IFloatingPointIeee754<T>
    {
        Expect.Length(output.Length, input.Length, nameof(output));
        for (int i = 0; i < input.Length; i++)
        {
            T integer = T.Clamp(Quotient(input[i], scale) + zeroPoint, T.Zero, T.CreateChecked(GreatestByte));
            output[i] = (integer - zeroPoint) * scale;
        }
    }

    /// <summary>The straight-through gradient of <see cref="Quantize"/>, added to the target: that of the output where the rounded value is within 0 to 255 before it is limited, otherwise 0.</summary>
    /// <param name="input">The values.</param>
    /// <param name="scale">The distance of neighbouring results.</param>
    /// <param name="zeroPoint">The integer that stands for 0.</param>
    /// <param name="outputGradient">As long as <paramref name="input"/>.</param>
    /// <param name="inputGradient">As long as <paramref name="input"/>.</param>
    public static void QuantizeGradient<T>(ReadOnlySpan<T> input, T scale, T zeroPoint, ReadOnlySpan<T> outputGradient, Span<T> inputGradient) where T : IFloatingPointIeee754<T>
    {
        Expect.Length(outputGradient.Length, input.Length, nameof(outputGradient));
        Expect.Length(inputGradient.Length, input.Length, nameof(inputGradient));
        for (int i = 0; i < input.Length; i++)
        {
            T integer = Quotient(input[i], scale) + zeroPoint;
            inputGradient[i] += integer >= T.Zero && integer <= T.CreateChecked(GreatestByte) ? outputGradient[i] : T.Zero;
        }
    }

    /// <summary>The gradient of the scale of <see cref="Quantize"/> (Esser 2020, "Learned step size quantization", §2.1): the sum of the output's gradient times round(x/scale) − x/scale where the rounded value is within 0 to 255 before it is limited, otherwise times the limit, counted from the zero point.</summary>
    /// <param name="input">The values.</param>
    /// <param name="scale">The distance of neighbouring results.</param>
    /// <param name="zeroPoint">The integer that stands for 0.</param>
    /// <param name="outputGradient">As long as <paramref name="input"/>.</param>
    public static T QuantizeScaleGradient<T>(ReadOnlySpan<T> input, T scale, T zeroPoint, ReadOnlySpan<T> outputGradient) where T : IFloatingPointIeee754<T>
    {
        Expect.Length(outputGradient.Length, input.Length, nameof(outputGradient));
        (T sum, T least, T greatest) = (T.Zero, -zeroPoint, T.CreateChecked(GreatestByte) - zeroPoint);
        for (int i = 0; i < input.Length; i++)
        {
            T integer = Quotient(input[i], scale);
            sum += outputGradient[i] * (integer < least ? least : integer > greatest ? greatest : integer - (input[i] / scale));
        }

        return sum;
    }

    /// <summary>Rounds weights to integers from −127 to 127 times a scale for each filter: clamp(round half to even(w/scale), −127, 127)·scale, the quotient in double.</summary>
    /// <param name="weight">The weights, filter by filter.</param>
    /// <param name="scales">One for each filter.</param>
    public static T[] QuantizeFilters<T>(ReadOnlySpan<T> weight, ReadOnlySpan<T> scales) where T : IFloatingPointIeee754<T>
    {
        T[] rounded = new T[weight.Length];
        for (int i = 0; i < rounded.Length; i++)
        {
            T scale = scales[i / (weight.Length / scales.Length)];
            rounded[i] = T.CreateChecked(Math.Clamp(Math.Round(double.CreateChecked(weight[i]) / double.CreateChecked(scale)), -GreatestWeight, GreatestWeight)) * scale;
        }

        return rounded;
    }

    /// <summary>The straight-through gradient of <see cref="QuantizeFilters"/>, added to the target: that of the rounded weight where it is within −127 to 127 before it is limited, otherwise 0.</summary>
    /// <param name="weight">The weights before rounding, filter by filter.</param>
    /// <param name="scales">One for each filter.</param>
    /// <param name="gradient">The gradient of the rounded weights.</param>
    /// <param name="weightGradient">The gradient of the weights.</param>
    public static void QuantizeFiltersGradient<T>(ReadOnlySpan<T> weight, ReadOnlySpan<T> scales, ReadOnlySpan<T> gradient, Span<T> weightGradient) where T : IFloatingPointIeee754<T>
    {
        for (int i = 0; i < weight.Length; i++)
        {
            double scale = double.CreateChecked(scales[i / (weight.Length / scales.Length)]);
            weightGradient[i] += Math.Abs(Math.Round(double.CreateChecked(weight[i]) / scale)) <= GreatestWeight ? gradient[i] : T.Zero;
        }
    }

    /// <summary>The gradient of the scales of <see cref="QuantizeFilters"/>, added to the target: for each filter the sum of the rounded weights' gradient times round(w/scale) − w/scale within −127 to 127 before it is limited, otherwise times the limit.</summary>
    /// <param name="weight">The weights before rounding, filter by filter.</param>
    /// <param name="scales">One for each filter.</param>
    /// <param name="gradient">The gradient of the rounded weights.</param>
    /// <param name="scaleGradient">The gradient of the scales.</param>
    public static void QuantizeFiltersScaleGradient<T>(ReadOnlySpan<T> weight, ReadOnlySpan<T> scales, ReadOnlySpan<T> gradient, Span<T> scaleGradient) where T : IFloatingPointIeee754<T>
    {
        Expect.Length(scaleGradient.Length, scales.Length, nameof(scaleGradient));
        for (int i = 0; i < weight.Length; i++)
        {
            int filter = i / (weight.Length / scales.Length);
            double quotient = double.CreateChecked(weight[i]) / double.CreateChecked(scales[filter]), integer = Math.Round(quotient);
            scaleGradient[filter] += gradient[i] * T.CreateChecked(Math.Abs(integer) <= GreatestWeight ? integer - quotient : Math.CopySign(GreatestWeight, integer));
        }
    }

    private static T Quotient<T>(T value, T scale) where T : IFloatingPointIeee754<T> =>
        T.CreateChecked(MathF.Round(float.CreateSaturating(value) / float.CreateSaturating(scale)));
}
