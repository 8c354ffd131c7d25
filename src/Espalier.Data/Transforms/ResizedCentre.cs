using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>The bytes of <see cref="ShorterSide"/> and <see cref="CentreCrop"/>, without computing what the crop throws away: how classifiers are evaluated.</summary>
/// <param name="Side">Pixels of the shorter side after resizing.</param>
/// <param name="Width">Pixels of a row of the crop.</param>
/// <param name="Height">Rows of the crop.</param>
/// <param name="Interpolation">How it is resized.</param>
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
