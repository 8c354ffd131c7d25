namespace Espalier.Kernels;

/// <summary>Output pixels that are computed together: two runs of pixels in a row of the map, of which the first has half (rounded up).</summary>
/// <remarks>All offsets are in floats from the start of an image, for channel block 0; those of the input are of the first tap.</remarks>
/// <param name="Width">Pixels of both runs.</param>
/// <param name="Input">What the first run reads.</param>
/// <param name="SecondInput">What the second run reads.</param>
/// <param name="Output">What the first run writes.</param>
/// <param name="SecondOutput">What the second run writes.</param>
/// <param name="Residual">What is added to the first run, if anything.</param>
/// <param name="SecondResidual">What is added to the second run, if anything.</param>
internal readonly record struct MapTile(int Width, int Input, int SecondInput, int Output, int SecondOutput, int Residual, int SecondResidual)
{
    /// <summary>Pixels of the first run.</summary>
    public int FirstRun => (Width + 1) / 2;
}
