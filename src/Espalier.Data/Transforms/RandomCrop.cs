using Espalier.Imaging;
using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>Crops a rectangle at a random position, after padding all sides: torchvision's <c>RandomCrop(size, padding)</c>.</summary>
/// <param name="Width">Width of the crop, in pixels.</param>
/// <param name="Height">Height of the crop, in pixels.</param>
/// <param name="Padding">Padding on each side in pixels; 4 is common for CIFAR (He et al. 2015, section 4.2).</param>
/// <param name="Border">How the image is padded.</param>
public sealed record RandomCrop(int Width, int Height, int Padding = 0, CropBorder Border = CropBorder.Zero) : IImageTransform
{
    /// <summary>A square crop.</summary>
    public static RandomCrop Square(int side, int padding = 0, CropBorder border = CropBorder.Zero) => new(side, side, padding, border);

    /// <inheritdoc/>
    public void Apply(PixelBuffer pixels, CounterRandom random)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        int slackWidth = pixels.Width + (2 * Padding) - Width, slackHeight = pixels.Height + (2 * Padding) - Height;
        if (slackWidth < 0 || slackHeight < 0)
        {
            throw new EspalierException($"the image has {pixels.Width}x{pixels.Height} pixels, too few for a crop of {Width}x{Height} with a padding of {Padding}");
        }

        Crop(pixels, (int)random.Below(0, slackWidth + 1), (int)random.Below(1, slackHeight + 1));
    }

    /// <summary>Crops at a position of the padded image.</summary>
    internal void Crop(PixelBuffer pixels, int left, int top)
    {
        PixelView source = pixels.View;
        Span<byte> target = pixels.BeginReplacement(Width, Height);
        int stride = Width * Image.Channels;
        for (int y = 0; y < Height; y++)
        {
            Span<byte> row = target.Slice(y * stride, stride);
            int from = Place(top + y - Padding, source.Height);
            if (from < 0)
            {
                row.Clear();
            }
            else
            {
                CopyRow(source.Row(from), left - Padding, row);
            }
        }

        pixels.EndReplacement();
    }

    private void CopyRow(ReadOnlySpan<byte> source, int left, Span<byte> target)
    {
        int width = source.Length / Image.Channels;
        int start = Math.Clamp(-left, 0, Width), end = Math.Clamp(width - left, start, Width); // the part inside the image
        source.Slice((end > start ? left + start : 0) * Image.Channels, (end - start) * Image.Channels).CopyTo(target[(start * Image.Channels)..]);
        CopyOutside(source, left, 0, start, target);
        CopyOutside(source, left, end, Width, target);
    }

    private void CopyOutside(ReadOnlySpan<byte> source, int left, int start, int end, Span<byte> target)
    {
        for (int x = start; x < end; x++)
        {
            Span<byte> pixel = target.Slice(x * Image.Channels, Image.Channels);
            int from = Place(left + x, source.Length / Image.Channels);
            if (from < 0)
            {
                pixel.Clear();
            }
            else
            {
                source.Slice(from * Image.Channels, Image.Channels).CopyTo(pixel);
            }
        }
    }

    /// <summary>The source row or column of a position that may be outside the image; −1 for black.</summary>
    private int Place(int at, int size)
    {
        if (at >= 0 && at < size)
        {
            return at;
        }

        if (Border == CropBorder.Zero)
        {
            return -1;
        }

        int period = Math.Max(2 * (size - 1), 1);
        int folded = ((at % period) + period) % period;
        return folded < size ? folded : period - folded;
    }
}
