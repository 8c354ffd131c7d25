using System.Buffers;
using Espalier.Tensors;

namespace Espalier.Imaging;

/// <summary>A read-only view of a rectangle of 8-bit RGB pixels, such as an image or a part of one, without a copy.</summary>
public readonly ref struct PixelView
{
    private readonly ReadOnlySpan<byte> _pixels;
    private readonly int _stride;

    /// <summary>A view of rows that follow each other without gaps.</summary>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    /// <param name="pixels"><paramref name="width"/> × <paramref name="height"/> × 3 bytes, in the order of <see cref="Image"/>.</param>
    /// <exception cref="ArgumentException">A size is not positive, or the number of bytes is not width × height × 3.</exception>
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

    /// <summary>Width in pixels.</summary>
    public int Width { get; }

    /// <summary>Height in pixels.</summary>
    public int Height { get; }

    /// <summary>The bytes of row <paramref name="y"/>, counted from the top.</summary>
    public ReadOnlySpan<byte> Row(int y) => _pixels.Slice(y * _stride, Width * Image.Channels);

    /// <summary>A view of a rectangle of this view.</summary>
    /// <exception cref="ArgumentException">The rectangle is empty or extends beyond the view.</exception>
    public PixelView Crop(int left, int top, int width, int height)
    {
        bool fits = left >= 0 && top >= 0 && width > 0 && height > 0 && left <= Width - width && top <= Height - height;
        return fits
            ? new PixelView(width, height, _stride, _pixels[((top * _stride) + (left * Image.Channels))..])
            : throw new ArgumentException($"A crop of {width}x{height} at ({left}, {top}) extends beyond a {Width}x{Height} image.");
    }

    /// <summary>Resizes as Pillow's <c>Image.resize</c> does and writes the result.</summary>
    /// <param name="width">Width of the result, in pixels.</param>
    /// <param name="height">Height of the result, in pixels.</param>
    /// <param name="interpolation">The filter to resize with.</param>
    /// <param name="destination"><paramref name="width"/> × <paramref name="height"/> × 3 bytes that do not overlap with this view.</param>
    /// <exception cref="EspalierException">The intermediate image (output width x input height) would not fit into one array.</exception>
    public void Resize(int width, int height, Interpolation interpolation, Span<byte> destination) =>
        ResizePart(width, height, new PixelRegion(0, 0, width, height), interpolation, destination);

    /// <summary>The size that <c>Resize(shorterSide)</c> gives; the length of the longer side is rounded down.</summary>
    /// <exception cref="EspalierException">The result would not fit into one array, because the image is extremely long and thin.</exception>
    public (int Width, int Height) SizeFor(int shorterSide)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(shorterSide);
        int shorter = Math.Min(Width, Height), longer = Math.Max(Width, Height);
        double resized = (double)((long)shorterSide * longer) / shorter;
        if (resized >= Array.MaxLength)
        {
            throw new EspalierException($"Resizing a {Width}x{Height} RGB image to {shorterSide} pixels on its shorter side gives an image that does not fit into one array.");
        }

        return Width <= Height ? (shorterSide, (int)resized) : ((int)resized, shorterSide);
    }

    /// <summary>
    /// Writes a centre crop of a resized copy: the bytes of <c>Resize(shorterSide)</c> and <c>CenterCrop((height, width))</c>, without computing pixels outside the crop.
    /// </summary>
    /// <param name="shorterSide">Length of the resized copy's shorter side, in pixels.</param>
    /// <param name="width">Width of the crop, in pixels.</param>
    /// <param name="height">Height of the crop, in pixels.</param>
    /// <param name="interpolation">The filter to resize with.</param>
    /// <param name="destination"><paramref name="width"/> × <paramref name="height"/> × 3 bytes that do not overlap with this view; black where the copy is smaller than the crop.</param>
    /// <exception cref="EspalierException">The resized copy would not fit into one array.</exception>
    public void ResizeAndCropCenter(int shorterSide, int width, int height, Interpolation interpolation, Span<byte> destination)
    {
        (int wide, int high) = SizeFor(shorterSide);
        WriteCentre(wide, high, width, height, interpolation, destination);
    }

    /// <summary>Writes a centre crop: the bytes of <c>CenterCrop((height, width))</c>.</summary>
    /// <param name="width">Width of the crop, in pixels.</param>
    /// <param name="height">Height of the crop, in pixels.</param>
    /// <param name="destination"><paramref name="width"/> × <paramref name="height"/> × 3 bytes that do not overlap with this view; black where this view is smaller than the crop.</param>
    public void CropCenter(int width, int height, Span<byte> destination) => WriteCentre(Width, Height, width, height, Interpolation.Bilinear, destination);

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

    /// <summary>Writes the pixels of the resized copy within a region, without computing the others.</summary>
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
