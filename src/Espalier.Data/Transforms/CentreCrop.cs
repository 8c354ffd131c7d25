using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>Cuts the middle out: torchvision's <c>CenterCrop</c>. A picture that is smaller gets a black border.</summary>
/// <param name="Width">Pixels of a row.</param>
/// <param name="Height">Rows.</param>
public sealed record CentreCrop(int Width, int Height) : IImageTransform
{
    /// <inheritdoc/>
    public void Apply(PixelBuffer pixels, CounterRandom random)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        pixels.View.CropCentre(Width, Height, pixels.BeginReplacement(Width, Height));
        pixels.EndReplacement();
    }
}
