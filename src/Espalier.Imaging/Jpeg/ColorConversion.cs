using System.Runtime.Intrinsics;

namespace Espalier.Imaging;

/// <summary>Converts rows of components to RGB pixels, in libjpeg's fixed-point arithmetic and, for CMYK, Pillow's.</summary>
internal static class ColorConversion
{
    private const int FractionBits = 16;
    private const int Half = 1 << (FractionBits - 1);
    private const int RedOfCr = 91881; // 1.402 · 2¹⁶, and so on for the inverse of BT.601
    private const int GreenOfCb = 22554; // 0.34414
    private const int GreenOfCr = 46802; // 0.71414
    private const int BlueOfCb = 116130; // 1.772
    private const int Centre = 128;

    public static void Gray(ReadOnlySpan<byte> luminance, Span<byte> pixels)
    {
        for (int x = 0, to = 0; to + 2 < pixels.Length; x++, to += Image.Channels)
        {
            byte value = luminance[x];
            pixels[to] = value;
            pixels[to + 1] = value;
            pixels[to + 2] = value;
        }
    }

    public static void Rgb(ReadOnlySpan<byte> red, ReadOnlySpan<byte> green, ReadOnlySpan<byte> blue, Span<byte> pixels)
    {
        for (int x = 0, to = 0; to + 2 < pixels.Length; x++, to += Image.Channels)
        {
            pixels[to] = red[x];
            pixels[to + 1] = green[x];
            pixels[to + 2] = blue[x];
        }
    }

    public static void YCbCr(ReadOnlySpan<byte> luminance, ReadOnlySpan<byte> blueDifference, ReadOnlySpan<byte> redDifference, Span<byte> pixels)
    {
        int width = pixels.Length / Image.Channels, x = 0;
        for (; x + PixelVectors.Count <= width; x += PixelVectors.Count)
        {
            (Vector256<int> y0, Vector256<int> y1) = PixelVectors.Widen(luminance[x..]);
            (Vector256<int> cb0, Vector256<int> cb1) = PixelVectors.Widen(blueDifference[x..]);
            (Vector256<int> cr0, Vector256<int> cr1) = PixelVectors.Widen(redDifference[x..]);
            PixelVectors.Store(
                PixelVectors.Narrow(y0 + Red(cr0), y1 + Red(cr1)),
                PixelVectors.Narrow(y0 + Green(cb0, cr0), y1 + Green(cb1, cr1)),
                PixelVectors.Narrow(y0 + Blue(cb0), y1 + Blue(cb1)),
                pixels[(x * Image.Channels)..]);
        }

        for (int to = x * Image.Channels; x < width; x++, to += Image.Channels)
        {
            int y = luminance[x], cb = blueDifference[x] - Centre, cr = redDifference[x] - Centre;
            pixels[to] = Clamp(y + (((RedOfCr * cr) + Half) >> FractionBits));
            pixels[to + 1] = Clamp(y + ((Half - (GreenOfCb * cb) - (GreenOfCr * cr)) >> FractionBits));
            pixels[to + 2] = Clamp(y + (((BlueOfCb * cb) + Half) >> FractionBits));
        }
    }

    /// <summary>Multiplies pixels, which hold inverted cyan, magenta and yellow, by the inverted black.</summary>
    public static void ApplyBlack(ReadOnlySpan<byte> invertedBlack, Span<byte> pixels)
    {
        for (int x = 0, to = 0; to + 2 < pixels.Length; x++, to += Image.Channels)
        {
            int white = invertedBlack[x];
            pixels[to] = (byte)(white - DivideBy255((255 - pixels[to]) * white));
            pixels[to + 1] = (byte)(white - DivideBy255((255 - pixels[to + 1]) * white));
            pixels[to + 2] = (byte)(white - DivideBy255((255 - pixels[to + 2]) * white));
        }
    }

    public static void Invert(Span<byte> pixels)
    {
        foreach (ref byte value in pixels)
        {
            value = (byte)~value;
        }
    }

    /// <summary>product / 255, rounded, without a division; exact for products of two bytes.</summary>
    private static int DivideBy255(int product) => (product + 128 + ((product + 128) >> 8)) >> 8;

    private static Vector256<int> Red(Vector256<int> cr) => ((cr * RedOfCr) + Vector256.Create(Half - (Centre * RedOfCr))) >> FractionBits;

    private static Vector256<int> Green(Vector256<int> cb, Vector256<int> cr) =>
        (Vector256.Create(Half + (Centre * (GreenOfCb + GreenOfCr))) - (cb * GreenOfCb) - (cr * GreenOfCr)) >> FractionBits;

    private static Vector256<int> Blue(Vector256<int> cb) => ((cb * BlueOfCb) + Vector256.Create(Half - (Centre * BlueOfCb))) >> FractionBits;

    private static byte Clamp(int value) => (uint)value <= 255 ? (byte)value : (byte)(~value >> 31);
}
