namespace Espalier.Kernels;

/// <summary>The last step of every 8-bit operation: a float32 value in units of the output's scale becomes an unsigned 8-bit number.</summary>
/// <remarks>
/// Clamp in float, round half to even, add the zero point as an integer. Before it, an exact int32 sum is converted to float32 (half to even) and multiplied;
/// each product and each sum is rounded to float32, without fused multiply-add, so that all machines compute the same bits.
/// </remarks>
/// <param name="ZeroPoint">The 8-bit number that means 0.</param>
/// <param name="Low">Least value before the zero point is added, at least −<paramref name="ZeroPoint"/>.</param>
/// <param name="High">Greatest value before the zero point is added, at most 255 − <paramref name="ZeroPoint"/>.</param>
internal readonly record struct Requantization(int ZeroPoint, float Low, float High)
{
    internal const float LargestMultiplier = 1e30f; // no sum of two 8-bit numbers times such multipliers overflows, so that none is infinity minus infinity

    /// <summary>The requantization to a scale and zero point, with the limits of an activation that is a clamp (in real units; infinite for none).</summary>
    /// <exception cref="ArgumentException">The scale is not a positive number, the zero point is no 8-bit number, or the limits are in the wrong order.</exception>
    internal static Requantization To(float scale, int zeroPoint, float low = float.NegativeInfinity, float high = float.PositiveInfinity)
    {
        RequireScale(scale);
        Expect.That(zeroPoint is >= 0 and <= 255, $"the zero point {zeroPoint} is no unsigned 8-bit number");
        Expect.That(low <= high, $"a clamp to {low} … {high} is empty");
        return new Requantization(zeroPoint, Limit(low), Limit(high));

        float Limit(float limit) => Math.Clamp((float)(limit / (double)scale), -zeroPoint, 255 - zeroPoint);
    }

    /// <summary>The multiplier of a value of scale <paramref name="input"/> in units of <paramref name="output"/>.</summary>
    internal static float Multiplier(float input, float output) => Multiplier(input, 1, output);

    /// <summary>The multiplier of a product of two values, such as input and weight, in units of <paramref name="output"/>: float32(double(<paramref name="first"/>)·<paramref name="second"/>/<paramref name="output"/>).</summary>
    /// <exception cref="ArgumentException">A scale is not a positive number, or the multiplier is larger than 1e30.</exception>
    internal static float Multiplier(float first, float second, float output)
    {
        RequireScale(first);
        RequireScale(second);
        RequireScale(output);
        float multiplier = (float)((double)first * second / output);
        Expect.That(multiplier <= LargestMultiplier, $"the multiplier {first}·{second}/{output} is larger than {LargestMultiplier}");
        return multiplier;
    }

    /// <summary>The multiplier of a sum of <paramref name="count"/> values for their mean: float32(double(<paramref name="input"/>)/(double(<paramref name="output"/>)·<paramref name="count"/>)).</summary>
    internal static float MeanMultiplier(float input, float output, int count)
    {
        RequireScale(input);
        RequireScale(output);
        Expect.That(count > 0, $"there is no mean of {count} values");
        float multiplier = (float)(input / ((double)output * count));
        Expect.That(multiplier <= LargestMultiplier, $"the multiplier {input}/({output}·{count}) is larger than {LargestMultiplier}");
        return multiplier;
    }

    /// <summary>The 8-bit number of a value in units of the output's scale.</summary>
    internal byte Round(float value) => (byte)(ZeroPoint + RoundedOf(value));

    /// <summary>The clamped and rounded value, to which the zero point is not added yet.</summary>
    internal int RoundedOf(float value) => (int)MathF.Round(MathF.Min(MathF.Max(value, Low), High), MidpointRounding.ToEven);

    private static void RequireScale(float scale) => Expect.That(float.IsFinite(scale) && scale > 0, $"the scale {scale} is not a positive number");
}
