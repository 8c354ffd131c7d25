using Espalier.Imaging;

namespace Espalier.Data;

/// <summary>Colour operations, byte for byte the results of Pillow's <c>ImageEnhance</c> and <c>ImageOps</c>.</summary>
internal static class ColorOperations
{
    private const int Values = 256;

    /// <summary>Blends with black.</summary>
    internal static void Brightness(Span<byte> pixels, float factor) => BlendWith(pixels, 0, factor);

    /// <summary>Blends with the mean gray value.</summary>
    internal static void Contrast(Span<byte> pixels, float factor)
    {
        long sum = 0;
        for (int i = 0; i < pixels.Length; i += Image.Channels)
        {
            sum += Luma.Of(pixels.Slice(i, Image.Channels));
        }

        double mean = sum / (double)(pixels.Length / Image.Channels);
        BlendWith(pixels, (byte)(int)(mean + 0.5), factor);
    }

    /// <summary>Blends each pixel with its gray value.</summary>
    internal static void Saturation(Span<byte> pixels, float factor)
    {
        for (int i = 0; i < pixels.Length; i += Image.Channels)
        {
            Span<byte> pixel = pixels.Slice(i, Image.Channels);
            byte gray = Luma.Of(pixel);
            foreach (ref byte value in pixel)
            {
                value = Blend(gray, value, factor);
            }
        }
    }

    /// <summary>Keeps the highest bits of each value.</summary>
    internal static void Posterize(Span<byte> pixels, int bits)
    {
        byte mask = (byte)~((1 << (8 - bits)) - 1);
        foreach (ref byte value in pixels)
        {
            value &= mask;
        }
    }

    /// <summary>Inverts values at or above a threshold.</summary>
    internal static void Solarize(Span<byte> pixels, float threshold)
    {
        foreach (ref byte value in pixels)
        {
            value = value < threshold ? value : (byte)(byte.MaxValue - value);
        }
    }

    /// <summary>Stretches each channel to the full range.</summary>
    internal static void AutoContrast(Span<byte> pixels)
    {
        Span<byte> table = stackalloc byte[Values];
        for (int channel = 0; channel < Image.Channels; channel++)
        {
            byte low = byte.MaxValue, high = 0;
            for (int i = channel; i < pixels.Length; i += Image.Channels)
            {
                low = Math.Min(low, pixels[i]);
                high = Math.Max(high, pixels[i]);
            }

            if (high > low)
            {
                double scale = 255.0 / (high - low), offset = -low * scale;
                for (int i = 0; i < Values; i++)
                {
                    table[i] = (byte)Math.Clamp((int)((i * scale) + offset), 0, byte.MaxValue);
                }

                Map(pixels, channel, table);
            }
        }
    }

    /// <summary>Equalizes each channel's histogram.</summary>
    internal static void Equalize(Span<byte> pixels)
    {
        Span<int> histogram = stackalloc int[Values];
        Span<byte> table = stackalloc byte[Values];
        for (int channel = 0; channel < Image.Channels; channel++)
        {
            histogram.Clear();
            for (int i = channel; i < pixels.Length; i += Image.Channels)
            {
                histogram[pixels[i]]++;
            }

            int greatest = histogram.LastIndexOfAnyExcept(0);
            int step = ((pixels.Length / Image.Channels) - histogram[greatest]) / byte.MaxValue;
            if (step > 0)
            {
                int sum = step / 2;
                for (int i = 0; i < Values; i++)
                {
                    table[i] = (byte)Math.Min(sum / step, byte.MaxValue);
                    sum += histogram[i];
                }

                Map(pixels, channel, table);
            }
        }
    }

    /// <summary>Interpolates from <paramref name="other"/> (factor 0) to <paramref name="value"/> (factor 1), or extrapolates beyond; truncated, in float32 as Pillow does.</summary>
    internal static byte Blend(byte other, byte value, float factor) => (byte)(int)float.ClampNative(other + (factor * (value - other)), 0f, byte.MaxValue);

    private static void BlendWith(Span<byte> pixels, byte other, float factor)
    {
        Span<byte> table = stackalloc byte[Values];
        for (int i = 0; i < Values; i++)
        {
            table[i] = Blend(other, (byte)i, factor);
        }

        foreach (ref byte value in pixels)
        {
            value = table[value];
        }
    }

    private static void Map(Span<byte> pixels, int channel, ReadOnlySpan<byte> table)
    {
        for (int i = channel; i < pixels.Length; i += Image.Channels)
        {
            pixels[i] = table[pixels[i]];
        }
    }
}
