using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>Resizes to a given size, whatever the proportions were: Pillow's <c>resize((width, height))</c>.</summary>
/// <param name="Width">Pixels of a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Interpolation">The filter.</param>
public sealed record Stretch(int Width, int Height, Interpolation Interpolation = Interpolation.Bilinear) : IImageTransform
{
    /// <inheritdoc/>
    public void Apply(PixelBuffer pixels, CounterRandom random)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        pixels.View.Resize(Width, Height, Interpolation, pixels.BeginReplacement(Width, Height));
        pixels.EndReplacement();
    }
}
