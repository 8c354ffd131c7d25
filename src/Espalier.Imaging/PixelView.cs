using System.Buffers;
using Espalier.Tensors;

namespace Espalier.Imaging;

/// <summary>A rectangle of 8-bit RGB pixels in somebody's memory, for reading: an image, or a part of one, without a copy.</summary>
public readonly ref struct PixelView
{
    private readonly ReadOnlySpan<byte> _pixels;
    private readonly int _stride;

    /// <summary>A view of whole rows that follow each other.</summary>
    /// <param name="width">Pixels of a row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="pixels"><paramref name="width"/> × <paramref name="height"/> × 3 bytes, in the order of <see cref="Image"/>.</param>
    /// <exception cref="ArgumentException">A size is not positive, or the number of bytes is not what the sizes take.</exception>
    public PixelView(int width, int height, ReadOnlySpan<byte> pixels)
        : this(width, height, width * Image.Channels, pixels)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        if (pixels.Length != (long)width * height * Image.Channels)
        {
            throw new ArgumentException($"{width}x{height} RGB pixels take {(long)width * height * Image.Channels} bytes, but {pixels.Length} were given.", nameof(pixels));
        }
    }

    private PixelView(int width, int height, int stride, ReadOnlySpan<byte> pixels)
    {
        Width = width;
        Height = height;
        _stride = stride;
        _pixels = pixels;
    }

    /// <summary>Pixels of a row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>The bytes of one row.</summary>
    public ReadOnlySpan<byte> Row(int y) => _pixels.Slice(y * _stride, Width * Image.Channels);

    /// <summary>A part of this view.</summary>
    /// <exception cref="ArgumentException">The rectangle is empty or leaves the view.</exception>
    public PixelView Crop(int left, int top, int width, int height)
    {
        bool fits = left >= 0 && top >= 0 && width > 0 && height > 0 && left <= Width - width && top <= Height - height;
        return fits
            ? new PixelView(width, height, _stride, _pixels[((top * _stride) + (left * Image.Channels))..])
            : throw new ArgumentException($"A crop of {width}x{height} at ({left}, {top}) does not lie in a {Width}x{Height} image.");
    }

    /// <summary>Writes the pixels of a resized copy, as Pillow's <c>Image.resize</c> makes them.</summary>
    /// <param name="width">Pixels of a row of the copy.</param>
    /// <param name="height">Rows of the copy.</param>
    /// <param name="interpolation">Which filter.</param>
    /// <param name="destination"><paramref name="width"/> × <paramref name="height"/> × 3 bytes, elsewhere.</param>
    /// <exception cref="EspalierException">What lies between the two passes would be too large for memory.</exception>
    public void Resize(int width, int height, Interpolation interpolation, Span<byte> destination) =>
        ResizePart(width, height, new PixelRegion(0, 0, width, height), interpolation, destination);

    /// <summary>The size that <c>Resize(shorterSide)</c> gives: the longer side is rounded down.</summary>
    /// <exception cref="EspalierException">The result would be too large for memory: the picture is a thin strip.</exception>
    public (int Width, int Height) SizeFor(int shorterSide)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(shorterSide);
        int shorter = Math.Min(Width, Height), longer = Math.Max(Width, Height);
        double resized = (double)((long)shorterSide * longer) / shorter;
        if (resized >= Array.MaxLength)
        {
            throw new EspalierException($"Resizing a {Width}x{Height} RGB image to {shorterSide} pixels on its shorter side gives more than an array can hold.");
        }

        return Width <= Height ? (shorterSide, (int)resized) : ((int)resized, shorterSide);
    }

    /// <summary>
    /// Writes the middle of a resized copy: the bytes of <c>Resize(shorterSide)</c> and <c>CenterCrop((height, width))</c>, without computing what the crop throws away.
    /// </summary>
    /// <param name="shorterSide">Pixels of the copy's shorter side.</param>
    /// <param name="width">Pixels of a row of the middle.</param>
    /// <param name="height">Rows of the middle.</param>
    /// <param name="interpolation">Which filter.</param>
    /// <param name="destination"><paramref name="width"/> × <paramref name="height"/> × 3 bytes, elsewhere; black where the copy is smaller.</param>
    /// <exception cref="EspalierException">The copy would be too large for memory.</exception>
    public void ResizeAndCropCentre(int shorterSide, int width, int height, Interpolation interpolation, Span<byte> destination)
    {
        (int wide, int high) = SizeFor(shorterSide);
        WriteCentre(wide, high, width, height, interpolation, destination);
    }

    /// <summary>Writes the middle: the bytes of <c>CenterCrop((height, width))</c>.</summary>
    /// <param name="width">Pixels of a row of the middle.</param>
    /// <param name="height">Rows of the middle.</param>
    /// <param name="destination"><paramref name="width"/> × <paramref name="height"/> × 3 bytes, elsewhere; black where this is smaller.</param>
    public void CropCentre(int width, int height, Span<byte> destination) => WriteCentre(Width, Height, width, height, Interpolation.Bilinear, destination);

    private void WriteCentre(int wide, int high, int width, int height, Interpolation interpolation, Span<byte> destination)
    {
        CropAxis across = CropAxis.Centre(wide, width), down = CropAxis.Centre(high, height);
        var region = new PixelRegion(across.Start, down.Start, across.Count, down.Count);
        if (region.Width == width && region.Height == height)
        {
            ResizePart(wide, high, region, interpolation, destination);
            return;
        }

        byte[] part = ArrayPool<byte>.Shared.Rent(region.Width * region.Height * Image.Channels);
        ResizePart(wide, high, region, interpolation, part);
        destination[..(width * height * Image.Channels)].Clear();
        int row = region.Width * Image.Channels;
        for (int y = 0; y < region.Height; y++)
        {
            part.AsSpan(y * row, row).CopyTo(destination[((((down.Padding + y) * width) + across.Padding) * Image.Channels)..]);
        }

        ArrayPool<byte>.Shared.Return(part);
    }

    /// <summary>Writes what the resized copy has within a region; nothing is computed for the rest.</summary>
    private void ResizePart(int width, int height, PixelRegion region, Interpolation interpolation, Span<byte> destination)
    {
        if (width != Width || height != Height)
        {
            Resampler.Resize(this, width, height, region, interpolation, destination);
            return;
        }

        int row = region.Width * Image.Channels;
        for (int y = 0; y < region.Height; y++)
        {
            Row(region.Top + y).Slice(region.Left * Image.Channels, row).CopyTo(destination[(y * row)..]);
        }
    }
}
