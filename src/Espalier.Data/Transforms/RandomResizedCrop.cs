using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>
/// Crops a rectangle of random area, aspect ratio and position and resizes it: the augmentation of Inception (Szegedy et al., "Going deeper with
/// convolutions", CVPR 2015), with the sampling of torchvision's <c>RandomResizedCrop</c>.
/// </summary>
/// <param name="Width">Width of the result, in pixels.</param>
/// <param name="Height">Height of the result, in pixels.</param>
public sealed record RandomResizedCrop(int Width, int Height) : IImageTransform
{
    private const int Attempts = 10; // as torchvision
    private const ulong ValuesPerAttempt = 2;
    private const ulong FirstOfPlace = Attempts * ValuesPerAttempt;

    /// <summary>Smallest and largest fraction of the image's area.</summary>
    public (double Least, double Greatest) Area { get; init; } = (0.08, 1);

    /// <summary>Smallest and largest ratio of width to height.</summary>
    public (double Least, double Greatest) Ratio { get; init; } = (3.0 / 4, 4.0 / 3);

    /// <summary>Interpolation used for resizing.</summary>
    public Interpolation Interpolation { get; init; }

    /// <summary>A square crop of the given side.</summary>
    public static RandomResizedCrop Square(int side) => new(side, side);

    /// <inheritdoc/>
    public void Apply(PixelBuffer pixels, CounterRandom random)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        (int left, int top, int width, int height) = Rectangle(pixels.Width, pixels.Height, random);
        pixels.View.Crop(left, top, width, height).Resize(Width, Height, Interpolation, pixels.BeginReplacement(Width, Height));
        pixels.EndReplacement();
    }

    /// <summary>The rectangle to crop; after ten that did not fit, the largest one at the centre.</summary>
    internal (int Left, int Top, int Width, int Height) Rectangle(int imageWidth, int imageHeight, CounterRandom random)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            ulong number = (ulong)attempt * ValuesPerAttempt;
            double area = (double)imageWidth * imageHeight * random.Uniform(number, Area.Least, Area.Greatest);
            double ratio = Math.Exp(random.Uniform(number + 1, Math.Log(Ratio.Least), Math.Log(Ratio.Greatest)));
            double width = Math.Round(Math.Sqrt(area * ratio)), height = Math.Round(Math.Sqrt(area / ratio));
            if (width > 0 && width <= imageWidth && height > 0 && height <= imageHeight)
            {
                int left = (int)random.Below(FirstOfPlace, imageWidth - (int)width + 1);
                int top = (int)random.Below(FirstOfPlace + 1, imageHeight - (int)height + 1);
                return (left, top, (int)width, (int)height);
            }
        }

        return Middle(imageWidth, imageHeight);
    }

    private (int Left, int Top, int Width, int Height) Middle(int imageWidth, int imageHeight)
    {
        double ratio = (double)imageWidth / imageHeight;
        int width = ratio > Ratio.Greatest ? Math.Max(1, (int)Math.Round(imageHeight * Ratio.Greatest)) : imageWidth;
        int height = ratio < Ratio.Least ? Math.Max(1, (int)Math.Round(imageWidth / Ratio.Least)) : imageHeight;
        return ((imageWidth - width) / 2, (imageHeight - height) / 2, width, height);
    }
}
