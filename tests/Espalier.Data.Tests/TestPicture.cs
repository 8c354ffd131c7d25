using Espalier.Imaging;

namespace Espalier.Data.Tests;

/// <summary>The pictures of <c>tests/oracle/make_augmentations.py</c>, from the same formula.</summary>
internal static class TestPicture
{
    internal static PixelBuffer Of(string kind, int width, int height)
    {
        var pixels = new PixelBuffer();
        Span<byte> to = pixels.Reset(width, height);
        for (int i = 0; i < to.Length; i++)
        {
            (int c, int x, int y) = (i % Image.Channels, i / Image.Channels % width, i / Image.Channels / width);
            to[i] = kind switch
            {
                "noise" => (byte)((uint)i * 2654435761u >> 24),
                "smooth" => (byte)Math.Clamp(40 + (x * 3) + (y * 2 * (c + 1)) + (((x / 4) + (y / 3)) % 2 * 50) - (c * 20), 0, 255),
                _ => (byte)(90 + (30 * c)),
            };
        }

        return pixels;
    }
}
