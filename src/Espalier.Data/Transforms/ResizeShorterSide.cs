using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>Resizes so that the shorter side has a given length: torchvision's <c>Resize(side)</c>.</summary>
/// <param name="Side">Length of the shorter side in pixels; that of the longer side is rounded down.</param>
/// <param name="Interpolation">Interpolation used for resizing.</param>
public sealed record ResizeShorterSide(int Side, Interpolation Interpolation = Interpolation.Bilinear) : IImageTransform
{
    /// <inheritdoc/>
    public void Apply(PixelBuffer pixels, CounterRandom random)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        (int width, int height) = pixels.View.SizeFor(Side);
        pixels.View.Resize(width, height, Interpolation, pixels.BeginReplacement(width, height));
        pixels.EndReplacement();
    }
}
