namespace Espalier.Imaging;

/// <summary>A picture of 8-bit RGB pixels: rows from top to bottom, pixels from left to right, three bytes (red, green, blue) each.</summary>
/// <remarks>Immutable as long as the creator does not change the array it passed in; such an image can be shared between threads.</remarks>
public sealed class Image
{
    /// <summary>Bytes per pixel.</summary>
    public const int Channels = 3;

    private readonly byte[] _pixels;

    /// <summary>Wraps pixels from any source, such as another decoder. The array is not copied.</summary>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    /// <param name="pixels"><paramref name="width"/> × <paramref name="height"/> × 3 bytes.</param>
    /// <exception cref="ArgumentException">A size is not positive, or the number of bytes is not width × height × 3.</exception>
    public Image(int width, int height, byte[] pixels)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentNullException.ThrowIfNull(pixels);
        if (pixels.Length != (long)width * height * Channels)
        {
            throw new ArgumentException($"{width}x{height} RGB pixels take {(long)width * height * Channels} bytes, but {pixels.Length} were given.", nameof(pixels));
        }

        Width = width;
        Height = height;
        _pixels = pixels;
    }

    /// <summary>Width in pixels.</summary>
    public int Width { get; }

    /// <summary>Height in pixels.</summary>
    public int Height { get; }

    /// <summary>Faults of the file that do not affect its pixels, such as a missing end, each with the file and the byte; and what is said about a file whose pixels other decoders read otherwise. Empty for images from elsewhere.</summary>
    public IReadOnlyList<string> Warnings { get; internal init; } = [];

    /// <summary>All bytes, row by row, three bytes (red, green, blue) per pixel.</summary>
    public ReadOnlyMemory<byte> Pixels => _pixels;

    /// <summary>The bytes of row <paramref name="y"/>, counted from the top.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="y"/> is negative or not below <see cref="Height"/>.</exception>
    public ReadOnlySpan<byte> Row(int y) => _pixels.AsSpan(y * Stride, Stride);

    /// <summary>The size as text, such as <c>500x375 RGB</c>.</summary>
    public override string ToString() => $"{Width}x{Height} RGB";

    /// <summary>A view of the whole image, which can be cropped or resized without a copy.</summary>
    public PixelView View => new(Width, Height, _pixels);

    internal int Stride => Width * Channels;
}
