namespace Espalier.Surgery;

/// <summary>What quantization adds to one rounded value of a network.</summary>
/// <param name="Value">The node whose result is rounded.</param>
/// <param name="Layer">The layer with quantized weights whose sums are rounded there, alone or within a sum; <see langword="null"/> where there is none.</param>
/// <param name="Decibels">
/// The signal-to-noise ratio 10·log10(Σx²/Σ(x − x̂)²) over the samples: x in the network in floating point, x̂ in the quantized one, with the errors of all layers before it. +∞ without any error, NaN if both are 0.
/// </param>
/// <param name="Observer">The observer that gave the range; <see langword="null"/> where the range was given by the caller.</param>
/// <param name="Scale">The scale.</param>
/// <param name="ZeroPoint">The zero point.</param>
public sealed record QuantizationNoise(string Value, string? Layer, double Decibels, CalibrationObserver? Observer, float Scale, byte ZeroPoint)
{
    /// <summary>The ratio of two sums of squares in decibels.</summary>
    internal static double Ratio(double signal, double noise) => 10 * Math.Log10(signal / noise);
}
