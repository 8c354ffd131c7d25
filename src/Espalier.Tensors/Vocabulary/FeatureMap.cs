namespace Espalier.Tensors;

/// <summary>The extents of a feature map, or image, of one sample; in plain order it lies channel by channel, row by row.</summary>
/// <param name="Channels">Channels.</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Pixels of a row.</param>
public readonly record struct FeatureMap(int Channels, int Height, int Width)
{
    /// <summary>Height and width.</summary>
    public Size Size => new(Height, Width);

    /// <summary>Pixels of one channel.</summary>
    public int Pixels => checked(Height * Width);

    /// <summary>Elements of the map.</summary>
    public int Length => checked(Channels * Pixels);

    /// <summary>The shape <c>[channels, height, width]</c>.</summary>
    public static implicit operator Shape(FeatureMap map) => [map.Channels, map.Height, map.Width];

    /// <summary>A map of that many channels and that size.</summary>
    public static FeatureMap Of(int channels, Size size) => new(channels, size.Height, size.Width);

    /// <summary>The map that a shape of rank 3 describes; a vector is a map of one pixel.</summary>
    public static FeatureMap Of(Shape shape) =>
        shape.Rank == 3 ? new(shape[0], shape[1], shape[2])
        : shape.Rank == 1 ? new(shape[0], 1, 1)
        : throw new ArgumentException($"Shape {shape} is neither a feature map nor a vector.", nameof(shape));
}
