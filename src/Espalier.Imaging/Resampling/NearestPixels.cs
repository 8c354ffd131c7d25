namespace Espalier.Imaging;

/// <summary>Resizes without averaging: Pillow's <c>Image.resize</c> with <c>NEAREST</c>, which accumulates positions in double (its <c>Geometry.c</c>, <c>ImagingScaleAffine</c>).</summary>
internal static class NearestPixels
{
    /// <summary>Computes the pixels of one region of a resized image.</summary>
    /// <param name="image">The image to resize.</param>
    /// <param name="width">Width of the whole resized image, in pixels.</param>
    /// <param name="height">Height of the whole resized image, in pixels.</param>
    /// <param name="region">The region of the resized image to compute.</param>
    /// <param name="pixels">The region's pixels, row by row.</param>
    public static void Copy(PixelView image, int width, int height, PixelRegion region, Span<byte> pixels)
    {
        int[] columns = Sources(image.Width, width, region.Left, region.Width), rows = Sources(image.Height, height, region.Top, region.Height);
        int to = 0;
        foreach (int y in rows)
        {
            ReadOnlySpan<byte> row = image.Row(y);
            foreach (int x in columns)
            {
                row.Slice(x * Image.Channels, Image.Channels).CopyTo(pixels[to..]);
                to += Image.Channels;
            }
        }
    }

    private static int[] Sources(int input, int output, int from, int count)
    {
        double scale = (double)input / output, position = scale * 0.5;
        int[] sources = new int[count];
        for (int i = 0; i < from + count; i++, position += scale)
        {
            if (i >= from)
            {
                sources[i - from] = Math.Min((int)position, input - 1);
            }
        }

        return sources;
    }
}
