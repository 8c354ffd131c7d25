using Espalier.Imaging;

namespace Espalier;

/// <summary>Draws several images as one.</summary>
public static class ImageGrid
{
    private const int Side = 128; // pixels of a tile
    private const int Gap = 4;

    /// <summary>Draws images as a grid of tiles on white, row by row: each is scaled, with its aspect ratio kept, until its longer side has 128 pixels. Smaller images are enlarged without smoothing.</summary>
    /// <param name="images">The images; at least one.</param>
    /// <param name="columns">The number of tiles in a row, at least 1.</param>
    /// <exception cref="ArgumentException">There are no images.</exception>
    public static Image DrawGrid(this IReadOnlyList<Image> images, int columns = 5)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        if (images.Count == 0)
        {
            throw new ArgumentException("There are no images to draw.", nameof(images));
        }

        int across = Math.Min(columns, images.Count);
        int rows = (images.Count + across - 1) / across;
        int width = Gap + (across * (Side + Gap));
        byte[] pixels = new byte[checked(width * (Gap + (rows * (Side + Gap))) * Image.Channels)];
        Array.Fill(pixels, byte.MaxValue);
        for (int i = 0; i < images.Count; i++)
        {
            Image tile = Fit(images[i]);
            int left = Gap + (i % across * (Side + Gap)) + ((Side - tile.Width) / 2);
            int top = Gap + (i / across * (Side + Gap)) + ((Side - tile.Height) / 2);
            for (int y = 0; y < tile.Height; y++)
            {
                tile.Row(y).CopyTo(pixels.AsSpan((((top + y) * width) + left) * Image.Channels));
            }
        }

        return new Image(width, pixels.Length / width / Image.Channels, pixels);
    }

    /// <summary>An image as a tile: its longer side has 128 pixels.</summary>
    internal static Image Fit(Image image)
    {
        double scale = (double)Side / Math.Max(image.Width, image.Height);
        int Scaled(int length) => Math.Max(1, (int)Math.Round(length * scale));
        return image.Resize(Scaled(image.Width), Scaled(image.Height), scale > 1 ? Tensors.Interpolation.Nearest : Tensors.Interpolation.Bilinear);
    }
}
