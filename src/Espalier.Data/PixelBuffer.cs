using Espalier.Imaging;
using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>A picture of 8-bit RGB pixels that is read into, changed and used again for the next one: its memory only ever grows.</summary>
/// <remarks>Pixels lie as in <see cref="Image"/>: rows from top to bottom, red, green and blue of each pixel together. One thread at a time.</remarks>
public sealed class PixelBuffer
{
    private byte[] _front = [];
    private byte[] _back = [];
    private int _backWidth;
    private int _backHeight;

    /// <summary>Pixels of a row.</summary>
    public int Width { get; private set; }

    /// <summary>Rows.</summary>
    public int Height { get; private set; }

    /// <summary>The picture's bytes, for reading and changing.</summary>
    public Span<byte> Pixels => _front.AsSpan(0, Width * Height * Image.Channels);

    /// <summary>The picture, to be cropped or resized without a copy.</summary>
    public PixelView View => new(Width, Height, Pixels);

    /// <summary>Starts a picture of another size; what its pixels hold is undefined until they are written.</summary>
    /// <exception cref="EspalierException">An array cannot hold it.</exception>
    public Span<byte> Reset(int width, int height)
    {
        Grow(ref _front, width, height);
        (Width, Height) = (width, height);
        return Pixels;
    }

    /// <summary>Copies a picture here.</summary>
    public void Set(Image image)
    {
        ArgumentNullException.ThrowIfNull(image);
        image.Pixels.Span.CopyTo(Reset(image.Width, image.Height));
    }

    /// <summary>Memory for a picture that is made out of this one, which stays readable until <see cref="EndReplacement"/>; its bytes are undefined.</summary>
    /// <exception cref="EspalierException">An array cannot hold it.</exception>
    public Span<byte> BeginReplacement(int width, int height)
    {
        Grow(ref _back, width, height);
        (_backWidth, _backHeight) = (width, height);
        return _back.AsSpan(0, width * height * Image.Channels);
    }

    /// <summary>Lets the replacement take this picture's place.</summary>
    public void EndReplacement()
    {
        (_front, _back) = (_back, _front);
        (Width, Height) = (_backWidth, _backHeight);
    }

    /// <summary>A copy that can be kept.</summary>
    public Image ToImage() => new(Width, Height, Pixels.ToArray());

    private static void Grow(ref byte[] memory, int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        long length = (long)width * height * Image.Channels;
        if (length > Array.MaxLength)
        {
            throw new EspalierException($"A picture of {width}x{height} pixels takes more bytes than an array can hold.");
        }

        if (memory.Length < length)
        {
            memory = new byte[length];
        }
    }
}
