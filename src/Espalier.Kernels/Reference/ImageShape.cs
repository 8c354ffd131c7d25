namespace Espalier.Kernels;

/// <summary>The shape of one image or feature map in row-major order [channel, row, column].</summary>
/// <param name="Channels">Number of channels.</param>
/// <param name="Height">Height in pixels.</param>
/// <param name="Width">Width in pixels.</param>
public readonly record struct ImageShape(int Channels, int Height, int Width)
{
    /// <summary>Number of pixels per channel.</summary>
    public int Pixels => checked(Height * Width);

    /// <summary>Number of elements of one image.</summary>
    public int Length => checked(Channels * Pixels);
}
