namespace Espalier.Kernels;

/// <summary>The sum of two values of 8-bit numbers: float32(x − zero point)·multiplier of each, added as float32 numbers and requantized.</summary>
/// <param name="FirstZeroPoint">Zero point of the first summand.</param>
/// <param name="FirstMultiplier"><see cref="Requantization.Multiplier(float, float)"/> of the first summand's scale and the sum's.</param>
/// <param name="SecondZeroPoint">Zero point of the second summand.</param>
/// <param name="SecondMultiplier">As <paramref name="FirstMultiplier"/>, of the second.</param>
/// <param name="Output">Zero point and limits of the sum.</param>
internal readonly record struct IntegerAddition(int FirstZeroPoint, float FirstMultiplier, int SecondZeroPoint, float SecondMultiplier, Requantization Output)
{
    /// <summary>The sum of two numbers.</summary>
    internal byte Add(byte first, byte second)
    {
        float a = (first - FirstZeroPoint) * FirstMultiplier; // products rounded one by one: no fused multiply-add
        float b = (second - SecondZeroPoint) * SecondMultiplier;
        return Output.Round(a + b);
    }
}
