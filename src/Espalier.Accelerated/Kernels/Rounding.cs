namespace Espalier.Accelerated;

/// <summary>Rounding in kernels.</summary>
internal static class Rounding
{
    private const float Shift = 12582912; // 1.5 · 2²³: what is added to it has no fraction left

    /// <summary>The nearest integer, half to even.</summary>
    internal static float HalfToEven(float value) => value > -4194304 && value < 4194304 ? value + Shift - Shift : value;
}
