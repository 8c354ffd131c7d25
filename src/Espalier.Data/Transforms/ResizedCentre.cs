using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>Resizes the shorter side and crops the centre, the usual preprocessing for evaluation: the bytes of <see cref="ShorterSide"/> and <see cref="CentreCrop"/>, without computing pixels outside the crop.</summary>
/// <param name="Side">Length of the shorter side after resizing, in pixels.</param>
/// <param name="Width">Width of the crop, in pixels.</param>
/// <param name="Height">Height of the crop, in pixels.</param>
/// <param name="Interpolation">Interpolation used for resizing.</param>
public sealed record ResizedCentre(int Side, int Width, int Height, Interpolation Interpolation = Interpolation.Bilinear) : IImageTransform
{
    /// <inheritdoc/>
    public void Apply(PixelBuffer pixels, CounterRandom random)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        pixels.View.ResizeAndCropCentre(Side, Width, Height, Interpolation, pixels.BeginReplacement(Width, Height));
        pixels.EndReplacement();
    }
}
