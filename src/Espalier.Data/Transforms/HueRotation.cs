using Espalier.Imaging;

namespace Espalier.Data;

/// <summary>Rotates the hue, through 8-bit hue, saturation and value, byte for byte as torchvision does on Pillow images.</summary>
internal static class HueRotation
{
    private const double Greatest = 255.0;

    /// <summary>Rotates the hue of every pixel.</summary>
    /// <param name="pixels">RGB bytes.</param>
    /// <param name="turns">The rotation in turns of the colour circle, from −0.5 to 0.5.</param>
    internal static void Apply(Span<byte> pixels, double turns)
    {
        byte shift = unchecked((byte)(int)(turns * Greatest));
        for (int i = 0; i < pixels.Length; i += Image.Channels)
        {
            Span<byte> pixel = pixels.Slice(i, Image.Channels);
            (byte hue, byte saturation, byte value) = ToHsv(pixel[0], pixel[1], pixel[2]);
            (pixel[0], pixel[1], pixel[2]) = ToRgb(unchecked((byte)(hue + shift)), saturation, value);
        }
    }

    /// <summary>Converts a pixel to Pillow's mode HSV, with float and double where Pillow's C code has them.</summary>
    internal static (byte Hue, byte Saturation, byte Value) ToHsv(byte red, byte green, byte blue)
    {
        byte most = Math.Max(red, Math.Max(green, blue)), least = Math.Min(red, Math.Min(green, blue));
        if (most == least)
        {
            return (0, 0, most);
        }

        float range = most - least;
        float saturation = range / most;
        float fromRed = (most - red) / range, fromGreen = (most - green) / range, fromBlue = (most - blue) / range;
        float hue = red == most ? fromBlue - fromGreen
            : green == most ? (float)(2.0 + fromRed - fromBlue)
            : (float)(4.0 + fromGreen - fromRed);
        double turns = (hue / 6.0) + 1.0;
        float turn = (float)(turns - Math.Floor(turns));
        return ((byte)(turn * Greatest), (byte)(saturation * Greatest), most);
    }

    internal static (byte Red, byte Green, byte Blue) ToRgb(byte hue, byte saturation, byte value)
    {
        if (saturation == 0)
        {
            return (value, value, value);
        }

        int sector = (int)(hue * 6.0 / Greatest);
        float fraction = (float)((hue * 6.0 / Greatest) - sector);
        float share = (float)(saturation / Greatest);
        byte low = Round(value * (1.0 - share));
        byte falling = Round(value * (1.0 - (share * fraction)));
        byte rising = Round(value * (1.0 - (share * (1.0 - fraction))));
        return (sector % 6) switch
        {
            0 => (value, rising, low),
            1 => (falling, value, low),
            2 => (low, value, rising),
            3 => (low, falling, value),
            4 => (rising, low, value),
            _ => (value, low, falling),
        };
    }

    private static byte Round(double value) => (byte)(int)(value + 0.5);
}
