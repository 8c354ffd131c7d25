namespace Espalier.Kernels;

/// <summary>The check that the sums of a convolution or linear layer fit into int32 whatever the input, so that no sum is ever wrong in silence.</summary>
internal static class AccumulatorRange
{
    /// <summary>Throws unless bias + Σ weight·(x − zero point) is an int32 for all 8-bit inputs x of every output channel.</summary>
    /// <param name="weights">The weights of one output channel after the other.</param>
    /// <param name="bias">One value for each output channel, or empty.</param>
    /// <param name="zeroPoint">Zero point of the input.</param>
    /// <param name="outputs">Number of output channels.</param>
    /// <exception cref="ArgumentException">A sum does not fit.</exception>
    internal static void Require(ReadOnlySpan<sbyte> weights, ReadOnlySpan<int> bias, int zeroPoint, int outputs)
    {
        Expect.That(zeroPoint is >= 0 and <= 255, $"the zero point {zeroPoint} is no unsigned 8-bit number");
        for (int o = 0; o < outputs; o++)
        {
            (long low, long high) = Of(weights, bias, zeroPoint, outputs, o);
            Expect.That(
                high <= int.MaxValue && low >= int.MinValue,
                $"the sums of output channel {o} reach from {low} to {high}, and int32 only from {int.MinValue} to {int.MaxValue}");
        }
    }

    /// <summary>The largest magnitude that a sum times its channel's multiplier can have.</summary>
    /// <param name="weights">The weights of one output channel after the other.</param>
    /// <param name="bias">One value for each output channel, or empty.</param>
    /// <param name="zeroPoint">Zero point of the input.</param>
    /// <param name="multipliers">One for each output channel.</param>
    internal static double Largest(ReadOnlySpan<sbyte> weights, ReadOnlySpan<int> bias, int zeroPoint, ReadOnlySpan<float> multipliers)
    {
        double largest = 0;
        for (int o = 0; o < multipliers.Length; o++)
        {
            (long low, long high) = Of(weights, bias, zeroPoint, multipliers.Length, o);
            largest = Math.Max(largest, Math.Max(-low, high) * Math.Abs((double)multipliers[o]));
        }

        return largest;
    }

    private static (long Low, long High) Of(ReadOnlySpan<sbyte> weights, ReadOnlySpan<int> bias, int zeroPoint, int outputs, int output)
    {
        int length = weights.Length / outputs;
        (long positive, long negative) = WeightSums.Of(weights.Slice(output * length, length));
        long start = bias.IsEmpty ? 0 : bias[output];
        return (start + (negative * (255 - zeroPoint)) - (positive * zeroPoint), start + (positive * (255 - zeroPoint)) - (negative * zeroPoint));
    }
}
