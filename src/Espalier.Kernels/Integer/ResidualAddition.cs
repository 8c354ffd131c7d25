namespace Espalier.Kernels;

/// <summary>A residual that is added to a convolution's sums: float32(sum)·channel's multiplier, rounded first or not, + float32(residual − zero point)·multiplier, each product rounded to float32, then their sum.</summary>
/// <param name="Multiplier"><see cref="Requantization.Multiplier(float, float)"/> of the residual's scale and the output's.</param>
/// <param name="ZeroPoint">Zero point of the residual.</param>
internal readonly record struct ResidualAddition(float Multiplier, int ZeroPoint)
{
    /// <summary>How the convolution's own values are rounded before they are added; <see langword="null"/> if only the sum is rounded.</summary>
    internal OwnRounding? Own { get; init; }

    /// <summary>The sum in units of the output's scale, not rounded to an integer yet.</summary>
    /// <param name="value">The convolution's sum times its multiplier.</param>
    /// <param name="residual">The 8-bit number to add.</param>
    internal float Add(float value, byte residual)
    {
        float own = Own is { } rounding ? rounding.Of(value) : value;
        float product = (residual - ZeroPoint) * Multiplier; // products rounded one by one: no fused multiply-add
        return own + product;
    }
}

/// <summary>The rounding of a convolution's values to 8 bits before a residual is added.</summary>
/// <param name="To">Zero point and limits of what the convolution alone would give.</param>
/// <param name="Multiplier"><see cref="Requantization.Multiplier(float, float)"/> of its scale and the output's.</param>
internal readonly record struct OwnRounding(Requantization To, float Multiplier)
{
    /// <summary>A value in units of the convolution's own scale, rounded to an integer and then in units of the output's.</summary>
    internal float Of(float value) => To.RoundedOf(value) * Multiplier;
}
