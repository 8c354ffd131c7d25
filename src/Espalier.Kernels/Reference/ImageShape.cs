namespace Espalier.Kernels;

/// <summary>The shape of one image, or feature map, in plain order: channel by channel, row by row.</summary>
/// <param name="Channels">Channels.</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Pixels of a row.</param>
public readonly record struct ImageShape(int Channels, int Height, int Width)
{
    /// <summary>Pixels of one channel.</summary>
    public int Pixels => checked(Height * Width);

    /// <summary>Elements of one image.</summary>
    public int Length => checked(Channels * Pixels);
}
