namespace Espalier.Kernels;

/// <summary>A residual that is added to a convolution's sums before their one rounding: float32(sum)·channel's multiplier + float32(residual − zero point)·multiplier, each product rounded, then their sum.</summary>
/// <param name="Multiplier"><see cref="Requantization.Multiplier(float, float)"/> of the residual's scale and the output's.</param>
/// <param name="ZeroPoint">Zero point of the residual.</param>
internal readonly record struct ResidualAddition(float Multiplier, int ZeroPoint)
{
    /// <summary>The sum in units of the output's scale, not rounded to an integer yet.</summary>
    /// <param name="value">The convolution's sum times its multiplier.</param>
    /// <param name="residual">The 8-bit number to add.</param>
    internal float Add(float value, byte residual)
    {
        float product = (residual - ZeroPoint) * Multiplier; // products rounded one by one: no fused multiply-add
        return value + product;
    }
}
