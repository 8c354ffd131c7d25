namespace Espalier.Data;

/// <summary>Red, green and blue from 0 to 255. Plain floats, because .NET's vector types may fuse operations on some machines and not on others.</summary>
internal readonly record struct Colour(float Red, float Green, float Blue)
{
    internal Colour Towards(Colour other, float share) =>
        new(Red + ((other.Red - Red) * share), Green + ((other.Green - Green) * share), Blue + ((other.Blue - Blue) * share));

    /// <summary>Writes the colour as three rounded bytes.</summary>
    internal void Write(Span<byte> pixel)
    {
        pixel[2] = Byte(Blue); // the last index first, so that the bounds are checked once
        pixel[0] = Byte(Red);
        pixel[1] = Byte(Green);
    }

    private static byte Byte(float value) => (byte)float.ConvertToIntegerNative<int>(value + 0.5f); // the value is in range, so the native conversion is the same on every machine

    internal float SquaredDistance(Colour other)
    {
        float red = Red - other.Red, green = Green - other.Green, blue = Blue - other.Blue;
        return (red * red) + (green * green) + (blue * blue);
    }
}
