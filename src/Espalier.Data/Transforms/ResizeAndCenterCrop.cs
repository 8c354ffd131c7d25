using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>Resizes the shorter side and crops the centre, the usual preprocessing for evaluation: the bytes of <see cref="ResizeShorterSide"/> and <see cref="CenterCrop"/>, without computing pixels outside the crop.</summary>
/// <param name="Side">Length of the shorter side after resizing, in pixels.</param>
/// <param name="Width">Width of the crop, in pixels.</param>
/// <param name="Height">Height of the crop, in pixels.</param>
/// <param name="Interpolation">Interpolation used for resizing.</param>
public sealed record ResizeAndCenterCrop(int Side, int Width, int Height, Interpolation Interpolation = Interpolation.Bilinear) : IImageTransform
{
    /// <inheritdoc/>
    public void Apply(PixelBuffer pixels, CounterRandom random)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        pixels.View.ResizeAndCropCenter(Side, Width, Height, Interpolation, pixels.BeginReplacement(Width, Height));
        pixels.EndReplacement();
    }
}
