using Espalier.Imaging;
using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>A reusable buffer for images of 8-bit RGB pixels; its memory only grows.</summary>
/// <remarks>Pixels are laid out as in <see cref="Image"/>: rows from top to bottom, three bytes (red, green, blue) per pixel. Not safe for concurrent use.</remarks>
public sealed class PixelBuffer
{
    private byte[] _front = [];
    private byte[] _back = [];
    private int _backWidth;
    private int _backHeight;

    /// <summary>Width in pixels.</summary>
    public int Width { get; private set; }

    /// <summary>Height in pixels.</summary>
    public int Height { get; private set; }

    /// <summary>The bytes of the current image, which may be modified.</summary>
    public Span<byte> Pixels => _front.AsSpan(0, Width * Height * Image.Channels);

    /// <summary>A view of the current image, which can be cropped or resized without a copy.</summary>
    public PixelView View => new(Width, Height, Pixels);

    /// <summary>Starts an image of the given size; its pixels are undefined until written.</summary>
    /// <exception cref="EspalierException">The image would not fit into one array.</exception>
    public Span<byte> Reset(int width, int height)
    {
        Grow(ref _front, width, height);
        (Width, Height) = (width, height);
        return Pixels;
    }

    /// <summary>Copies an image into the buffer.</summary>
    public void Set(Image image)
    {
        ArgumentNullException.ThrowIfNull(image);
        image.Pixels.Span.CopyTo(Reset(image.Width, image.Height));
    }

    /// <summary>Memory for an image computed from the current one, which stays readable until <see cref="EndReplacement"/>; its bytes are undefined.</summary>
    /// <exception cref="EspalierException">The image would not fit into one array.</exception>
    public Span<byte> BeginReplacement(int width, int height)
    {
        Grow(ref _back, width, height);
        (_backWidth, _backHeight) = (width, height);
        return _back.AsSpan(0, width * height * Image.Channels);
    }

    /// <summary>Makes the replacement the current image.</summary>
    public void EndReplacement()
    {
        (_front, _back) = (_back, _front);
        (Width, Height) = (_backWidth, _backHeight);
    }

    /// <summary>A copy of the current image.</summary>
    public Image ToImage() => new(Width, Height, Pixels.ToArray());

    private static void Grow(ref byte[] memory, int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        long length = (long)width * height * Image.Channels;
        if (length > Array.MaxLength)
        {
            throw new EspalierException($"An image of {width}x{height} pixels does not fit into one array.");
        }

        if (memory.Length < length)
        {
            memory = new byte[length];
        }
    }
}
