using Espalier.Imaging;
using Espalier.Tensors;

namespace Espalier;

/// <summary>A picture of a photo, at most of a given size, on which maps and rectangles are drawn in the photo's coordinates.</summary>
internal sealed class PhotoPicture
{
    private const double Dimmed = 0.35;
    private const double Opacity = 0.6;
    private const int Pixels = 256; // of the picture for each pixel of a line's width

    private readonly int _width;
    private readonly int _height;
    private readonly double _scaleX; // photo columns for each column of the picture
    private readonly double _scaleY;
    private readonly byte[] _pixels;

    internal PhotoPicture(ExplainedPhoto photo, int side)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(side, 1);
        Image image = photo.Image;
        double scale = Math.Max(1, (double)Math.Max(image.Width, image.Height) / side);
        (_width, _height) = (Math.Max(1, (int)Math.Round(image.Width / scale)), Math.Max(1, (int)Math.Round(image.Height / scale)));
        (_scaleX, _scaleY) = ((double)image.Width / _width, (double)image.Height / _height);
        _pixels = new byte[_width * _height * Image.Channels];
        image.View.Resize(_width, _height, Interpolation.Bilinear, _pixels);
    }

    /// <summary>Colours the photo, which becomes gray, by a value from 0 to 1 for a point of the photo; where there is none, the photo is dimmed.</summary>
    internal void Colour(Func<double, double, double?> value) => Each((x, y, pixel) =>
    {
        if (value(x, y) is double here)
        {
            (byte red, byte green, byte blue) = Viridis.Of(here);
            double gray = Gray(pixel);
            (pixel[0], pixel[1], pixel[2]) = (Mix(gray, red), Mix(gray, green), Mix(gray, blue));
        }
        else
        {
            Dim(pixel);
        }
    });

    /// <summary>Dims the photo outside a rectangle.</summary>
    internal void DimOutside(PhotoBox box) => Each((x, y, pixel) =>
    {
        if (x < box.Left || x >= box.Right || y < box.Top || y >= box.Bottom)
        {
            Dim(pixel);
        }
    });

    /// <summary>Draws the edges of a rectangle, as far as they are in the photo, inside it: white between black, so that they are seen on any photo.</summary>
    internal void Outline(PhotoBox box)
    {
        int line = Math.Max(1, (int)Math.Round(Math.Max(_width, _height) / (double)Pixels));
        (int top, int left) = (Place(box.Top / _scaleY, _height), Place(box.Left / _scaleX, _width));
        (int bottom, int right) = (Math.Max(top + 1, Place(box.Bottom / _scaleY, _height)), Math.Max(left + 1, Place(box.Right / _scaleX, _width)));
        for (int y = top; y < Math.Min(bottom, _height); y++)
        {
            for (int x = left; x < Math.Min(right, _width); x++)
            {
                int depth = Math.Min(Math.Min(y - top, bottom - 1 - y), Math.Min(x - left, right - 1 - x));
                if (depth < 3 * line)
                {
                    Pixel(x, y).Fill(depth / line == 1 ? byte.MaxValue : byte.MinValue);
                }
            }
        }
    }

    internal Image ToImage() => new(_width, _height, _pixels);

    private static int Place(double at, int extent) => (int)Math.Clamp(Math.Round(at), 0, extent);

    private static double Gray(ReadOnlySpan<byte> pixel) => (0.299 * pixel[0]) + (0.587 * pixel[1]) + (0.114 * pixel[2]);

    private static byte Mix(double gray, byte colour) => (byte)Math.Round((gray * (1 - Opacity)) + (colour * Opacity));

    private static void Dim(Span<byte> pixel)
    {
        for (int i = 0; i < pixel.Length; i++)
        {
            pixel[i] = (byte)(pixel[i] * Dimmed);
        }
    }

    private Span<byte> Pixel(int x, int y) => _pixels.AsSpan(((y * _width) + x) * Image.Channels, Image.Channels);

    private delegate void PixelWork(double x, double y, Span<byte> pixel);

    private void Each(PixelWork work)
    {
        for (int y = 0; y < _height; y++)
        {
            for (int x = 0; x < _width; x++)
            {
                work((x + 0.5) * _scaleX, (y + 0.5) * _scaleY, Pixel(x, y));
            }
        }
    }
}
