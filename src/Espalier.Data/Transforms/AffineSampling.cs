using Espalier.Imaging;

namespace Espalier.Data;

/// <summary>Affine transformations with nearest-neighbour sampling: Pillow's <c>Image.transform</c>, byte for byte. Pixels outside the image are black.</summary>
internal static class AffineSampling
{
    private const int FractionBits = 16; // Pillow's fixed point

    /// <summary>Shears rows: the source of (x, y) is (x + amount · y, y).</summary>
    internal static void ShearX(PixelBuffer pixels, double amount) => Apply(pixels, 1, amount, 0, 0, 1, 0);

    /// <summary>Shears columns: the source of (x, y) is (x, y + amount · x).</summary>
    internal static void ShearY(PixelBuffer pixels, double amount) => Apply(pixels, 1, 0, 0, amount, 1, 0);

    /// <summary>Moves the image right and down, in pixels.</summary>
    internal static void Translate(PixelBuffer pixels, int right, int down) => Apply(pixels, 1, 0, -right, 0, 1, -down);

    /// <summary>Rotates the image counter-clockwise about its centre.</summary>
    internal static void Rotate(PixelBuffer pixels, double degrees)
    {
        double angle = -degrees * Math.PI / 180;
        double cos = Math.Round(Math.Cos(angle), 15), sin = Math.Round(Math.Sin(angle), 15); // as Pillow does
        double x = pixels.Width / 2.0, y = pixels.Height / 2.0;
        Apply(pixels, cos, sin, (cos * -x) + (sin * -y) + x, -sin, cos, (-sin * -x) + (cos * -y) + y);
    }

    /// <summary>The source of (x, y) is (xx·x + xy·y + x0, yx·x + yy·y + y0), both at pixel centres.</summary>
    private static void Apply(PixelBuffer pixels, double xx, double xy, double x0, double yx, double yy, double y0)
    {
        PixelView source = pixels.View;
        Span<byte> target = pixels.BeginReplacement(source.Width, source.Height);
        target.Clear();
        long stepX = Fixed(xx), stepY = Fixed(yx), rowX = Fixed(xy), rowY = Fixed(yy);
        long startX = Fixed(x0 + (xx * 0.5) + (xy * 0.5)), startY = Fixed(y0 + (yx * 0.5) + (yy * 0.5));
        for (int y = 0, to = 0; y < source.Height; y++)
        {
            long fromX = startX + (y * rowX), fromY = startY + (y * rowY);
            for (int x = 0; x < source.Width; x++, to += Image.Channels, fromX += stepX, fromY += stepY)
            {
                long column = fromX >> FractionBits, row = fromY >> FractionBits;
                if ((ulong)column < (ulong)source.Width && (ulong)row < (ulong)source.Height)
                {
                    source.Row((int)row).Slice((int)column * Image.Channels, Image.Channels).CopyTo(target[to..]);
                }
            }
        }

        pixels.EndReplacement();
    }

    private static long Fixed(double value) => (long)Math.Floor((value * (1 << FractionBits)) + 0.5);
}
