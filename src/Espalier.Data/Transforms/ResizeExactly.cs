using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>Resizes to a given size without keeping the aspect ratio: Pillow's <c>resize((width, height))</c>.</summary>
/// <param name="Width">Width of the result, in pixels.</param>
/// <param name="Height">Height of the result, in pixels.</param>
/// <param name="Interpolation">Interpolation used for resizing.</param>
public sealed record ResizeExactly(int Width, int Height, Interpolation Interpolation = Interpolation.Bilinear) : IImageTransform
{
    /// <inheritdoc/>
    public void Apply(PixelBuffer pixels, CounterRandom random)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        pixels.View.Resize(Width, Height, Interpolation, pixels.BeginReplacement(Width, Height));
        pixels.EndReplacement();
    }
}
