using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>Crops the centre: torchvision's <c>CenterCrop</c>. A smaller image is padded with black.</summary>
/// <param name="Width">Width of the crop, in pixels.</param>
/// <param name="Height">Height of the crop, in pixels.</param>
public sealed record CenterCrop(int Width, int Height) : IImageTransform
{
    /// <inheritdoc/>
    public void Apply(PixelBuffer pixels, CounterRandom random)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        pixels.View.CropCenter(Width, Height, pixels.BeginReplacement(Width, Height));
        pixels.EndReplacement();
    }
}
