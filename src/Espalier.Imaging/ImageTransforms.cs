using Espalier.Tensors;

namespace Espalier.Imaging;

/// <summary>Resizing and cropping of images: bit for bit the results of torchvision's transforms on Pillow images.</summary>
public static class ImageTransforms
{
    /// <summary>Resizes so that the shorter side has <paramref name="shorterSide"/> pixels, as <c>Resize(256)</c> does; the length of the longer side is rounded down.</summary>
    /// <exception cref="EspalierException">The result would not fit into one array, because the image is extremely long and thin.</exception>
    public static Image Resize(this Image image, int shorterSide, Interpolation interpolation = Interpolation.Bilinear)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(shorterSide);
        (int width, int height) = image.View.SizeFor(shorterSide);
        return image.Resize(width, height, interpolation);
    }

    /// <summary>Resizes to the given size, as Pillow's <c>Image.resize</c> does.</summary>
    /// <exception cref="EspalierException">The result would not fit into one array.</exception>
    public static Image Resize(this Image image, int width, int height, Interpolation interpolation = Interpolation.Bilinear)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        if (width == image.Width && height == image.Height)
        {
            return image;
        }

        if ((long)width * height > Array.MaxLength / Image.Channels)
        {
            throw new EspalierException($"Resizing a {image} image to {width}x{height} takes more bytes than an array can hold.");
        }

        byte[] pixels = new byte[width * height * Image.Channels];
        Resampler.Resize(image.View, width, height, new PixelRegion(0, 0, width, height), interpolation, pixels);
        return new Image(width, height, pixels);
    }

    /// <summary>Copies a rectangle of the image.</summary>
    /// <exception cref="ArgumentException">The rectangle is empty or extends beyond the image.</exception>
    public static Image Crop(this Image image, int left, int top, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(image);
        bool fits = left >= 0 && top >= 0 && width > 0 && height > 0 && left <= image.Width - width && top <= image.Height - height;
        if (!fits)
        {
            throw new ArgumentException($"A crop of {width}x{height} at ({left}, {top}) extends beyond a {image} image.");
        }

        byte[] pixels = new byte[width * height * Image.Channels];
        CopyTo(image, new PixelRegion(left, top, width, height), pixels, 0, width);
        return new Image(width, height, pixels);
    }

    /// <summary>Crops a square at the centre, as <c>CenterCrop(size)</c> does; an image smaller than that is padded with black.</summary>
    public static Image CenterCrop(this Image image, int size) => CenterCrop(image, size, size);

    /// <summary>Crops a rectangle at the centre, as <c>CenterCrop((height, width))</c> does; an image smaller than that is padded with black.</summary>
    public static Image CenterCrop(this Image image, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        byte[] pixels = new byte[checked(width * height * Image.Channels)];
        image.View.CropCenter(width, height, pixels);
        return new Image(width, height, pixels);
    }

    private static void CopyTo(Image image, PixelRegion region, Span<byte> pixels, int start, int width)
    {
        for (int y = 0; y < region.Height; y++)
        {
            image.Row(region.Top + y).Slice(region.Left * Image.Channels, region.Width * Image.Channels)
                .CopyTo(pixels[(start + (y * width * Image.Channels))..]);
        }
    }
}
