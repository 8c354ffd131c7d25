namespace Espalier.Kernels;

/// <summary>Code that computes the exact sums of one tile: up to 14 pixels x 32 output channels over all input channels and kernel positions.</summary>
/// <remarks>Sums wrap at 32 bits on the way; the result is exact because <see cref="AccumulatorRange"/> was checked.</remarks>
internal abstract unsafe class SumTile(SumShape shape)
{
    /// <summary>What the code was made for.</summary>
    internal SumShape Shape { get; } = shape;

    /// <summary>Whether it requantizes its sums, of as many tiles as there are; otherwise it stores the sums of one tile.</summary>
    internal virtual bool Finishes => false;

    /// <summary>Computes the sums.</summary>
    internal abstract void Run(SumArguments* arguments);

    /// <summary>Bytes from the panel's input to that of a pixel of the tile.</summary>
    private protected nint InputOf(SumArguments* arguments, int pixel) =>
        Shape.PixelOffset(pixel) + (pixel < Shape.FirstRun ? arguments->Tile->Input : arguments->Tile->SecondInput);
}
