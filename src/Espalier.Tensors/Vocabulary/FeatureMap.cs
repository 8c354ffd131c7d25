namespace Espalier.Tensors;

/// <summary>The channels, height and width of a feature map or image of one sample, in row-major order [channel, row, column].</summary>
/// <param name="Channels">Number of channels.</param>
/// <param name="Height">Height in pixels.</param>
/// <param name="Width">Width in pixels.</param>
public readonly record struct FeatureMap(int Channels, int Height, int Width)
{
    /// <summary>Height and width.</summary>
    public Size Size => new(Height, Width);

    /// <summary>Number of pixels per channel.</summary>
    public int Pixels => checked(Height * Width);

    /// <summary>Number of elements.</summary>
    public int Length => checked(Channels * Pixels);

    /// <summary>The shape <c>[channels, height, width]</c>.</summary>
    public static implicit operator Shape(FeatureMap map) => [map.Channels, map.Height, map.Width];

    /// <summary>A feature map of the given channels and size.</summary>
    public static FeatureMap Of(int channels, Size size) => new(channels, size.Height, size.Width);

    /// <summary>The feature map of a shape of rank 3; a vector is a map of one pixel.</summary>
    public static FeatureMap Of(Shape shape) =>
        shape.Rank == 3 ? new(shape[0], shape[1], shape[2])
        : shape.Rank == 1 ? new(shape[0], 1, 1)
        : throw new ArgumentException($"Shape {shape} is neither a feature map nor a vector.", nameof(shape));
}
