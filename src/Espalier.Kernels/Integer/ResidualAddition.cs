namespace Espalier.Kernels;

/// <summary>An addition behind a convolution, computed with it: the convolution's own 8-bit result, then both summands in units of the sum's scale, then the sum's rounding.</summary>
/// <param name="OwnMultiplier">Multiplier of the convolution's rounded result, zero point subtracted.</param>
/// <param name="ResidualMultiplier">Multiplier of the residual, zero point subtracted.</param>
/// <param name="ResidualZeroPoint">Zero point of the residual.</param>
/// <param name="Output">Requantization of the sum.</param>
internal readonly record struct ResidualAddition(float OwnMultiplier, float ResidualMultiplier, int ResidualZeroPoint, Requantization Output)
{
    /// <summary>The sum of two 8-bit values without their zero points.</summary>
    internal byte Add(int own, int residual)
    {
        float first = own * OwnMultiplier; // products rounded one by one: no fused multiply-add
        float second = residual * ResidualMultiplier;
        return Output.Round(first + second);
    }
}
