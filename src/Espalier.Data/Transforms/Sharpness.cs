using Espalier.Imaging;

namespace Espalier.Data;

/// <summary>Blends with a smoothed copy, as Pillow's <c>ImageEnhance.Sharpness</c>.</summary>
internal static class Sharpness
{
    // Pillow's SMOOTH filter: weight 5 at the centre, 1 for each neighbour.
    private const int MiddleWeight = 5;
    private const int Sum = MiddleWeight + 8;

    /// <summary>Changes the sharpness of an image.</summary>
    /// <param name="pixels">The image.</param>
    /// <param name="factor">0 smooths, 1 leaves the image unchanged, more sharpens.</param>
    internal static void Apply(PixelBuffer pixels, float factor)
    {
        PixelView source = pixels.View;
        int stride = source.Width * Image.Channels;
        Span<byte> target = pixels.BeginReplacement(source.Width, source.Height);
        pixels.Pixels.CopyTo(target); // the outermost pixels are not changed
        for (int y = 1; y < source.Height - 1; y++)
        {
            ReadOnlySpan<byte> above = source.Row(y - 1), here = source.Row(y), below = source.Row(y + 1);
            Span<byte> row = target.Slice(y * stride, stride);
            for (int i = Image.Channels; i < stride - Image.Channels; i++)
            {
                int sum = Three(above, i) + Three(here, i) + Three(below, i) + ((MiddleWeight - 1) * here[i]);
                byte smooth = (byte)(((2 * sum) + Sum) / (2 * Sum)); // rounded; no multiple of 1/13 lies half-way
                row[i] = ColorOperations.Blend(smooth, here[i], factor);
            }
        }

        pixels.EndReplacement();
    }

    private static int Three(ReadOnlySpan<byte> row, int at) => row[at - Image.Channels] + row[at] + row[at + Image.Channels];
}
