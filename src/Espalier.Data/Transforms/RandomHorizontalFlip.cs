using Espalier.Imaging;
using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>Mirrors the image horizontally with a given probability: torchvision's <c>RandomHorizontalFlip</c>.</summary>
/// <param name="Probability">Probability that an image is mirrored, from 0 to 1.</param>
public sealed record RandomHorizontalFlip(double Probability = 0.5) : IImageTransform
{
    /// <inheritdoc/>
    public void Apply(PixelBuffer pixels, CounterRandom random)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        if (random.Uniform(0) < Probability)
        {
            Flip(pixels);
        }
    }

    /// <summary>Mirrors the image horizontally.</summary>
    internal static void Flip(PixelBuffer pixels)
    {
        int stride = pixels.Width * Image.Channels;
        Span<byte> all = pixels.Pixels;
        for (int y = 0; y < pixels.Height; y++)
        {
            Span<byte> row = all.Slice(y * stride, stride);
            row.Reverse(); // this reverses the bytes, so each pixel then has blue first
            for (int x = 0; x < row.Length; x += Image.Channels)
            {
                (row[x], row[x + 2]) = (row[x + 2], row[x]);
            }
        }
    }
}
