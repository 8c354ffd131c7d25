namespace Espalier.Data.Datasets.Shapes;

/// <summary>Red, green and blue from 0 to 255. Plain floats: the library's vectors may fuse operations on one machine and not on another.</summary>
internal readonly record struct Colour(float Red, float Green, float Blue)
{
    internal Colour Towards(Colour other, float share) =>
        new(Red + ((other.Red - Red) * share), Green + ((other.Green - Green) * share), Blue + ((other.Blue - Blue) * share));

    internal float SquaredDistance(Colour other)
    {
        float red = Red - other.Red, green = Green - other.Green, blue = Blue - other.Blue;
        return (red * red) + (green * green) + (blue * blue);
    }
}
