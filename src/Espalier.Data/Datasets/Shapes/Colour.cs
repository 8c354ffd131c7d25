namespace Espalier.Data;

/// <summary>Red, green and blue from 0 to 255. Plain floats: the library's vectors may fuse operations on one machine and not on another.</summary>
internal readonly record struct Colour(float Red, float Green, float Blue)
{
    internal Colour Towards(Colour other, float share) =>
        new(Red + ((other.Red - Red) * share), Green + ((other.Green - Green) * share), Blue + ((other.Blue - Blue) * share));

    /// <summary>Writes three bytes, rounded.</summary>
    internal void Write(Span<byte> pixel)
    {
        pixel[2] = Byte(Blue); // the last first: one check of the bounds is enough
        pixel[0] = Byte(Red);
        pixel[1] = Byte(Green);
    }

    private static byte Byte(float value) => (byte)float.ConvertToIntegerNative<int>(value + 0.5f); // in range, so native is the same everywhere

    internal float SquaredDistance(Colour other)
    {
        float red = Red - other.Red, green = Green - other.Green, blue = Blue - other.Blue;
        return (red * red) + (green * green) + (blue * blue);
    }
}
