namespace Espalier.Imaging;

/// <summary>A picture of 8-bit RGB pixels: rows from top to bottom, pixels from left to right, three bytes (red, green, blue) each.</summary>
/// <remarks>Nothing here changes an image once it is made, so images can be shared between threads as long as their maker leaves the bytes alone.</remarks>
public sealed class Image
{
    /// <summary>Bytes of a pixel.</summary>
    public const int Channels = 3;

    private readonly byte[] _pixels;

    /// <summary>An image over pixels from anywhere, such as another decoder. The array is not copied.</summary>
    /// <param name="width">Pixels of a row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="pixels"><paramref name="width"/> × <paramref name="height"/> × 3 bytes.</param>
    /// <exception cref="ArgumentException">A size is not positive, or the number of bytes is not what the sizes take.</exception>
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

    /// <summary>Pixels of a row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>All bytes, in the order that the type describes.</summary>
    public ReadOnlyMemory<byte> Pixels => _pixels;

    /// <summary>The bytes of one row.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public ReadOnlySpan<byte> Row(int y) => _pixels.AsSpan(y * Stride, Stride);

    /// <summary>Size, as in <c>500x375 RGB</c>.</summary>
    public override string ToString() => $"{Width}x{Height} RGB";

    /// <summary>All of it, to be cropped or resized without a copy.</summary>
    public PixelView View => new(Width, Height, _pixels);

    internal int Stride => Width * Channels;
}
