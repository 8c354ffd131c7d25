namespace Espalier.Kernels;

/// <summary>Output pixels computed together: two runs of pixels, each within a row of the map; the first has half of the pixels (rounded up).</summary>
/// <remarks>All offsets are in floats from the start of an image, for channel block 0; those of the input are for the first kernel position.</remarks>
/// <param name="Width">Pixels of both runs.</param>
/// <param name="Input">Input offset of the first run.</param>
/// <param name="SecondInput">Input offset of the second run.</param>
/// <param name="Output">Output offset of the first run.</param>
/// <param name="SecondOutput">Output offset of the second run.</param>
/// <param name="Residual">Residual offset of the first run, if there is a residual.</param>
/// <param name="SecondResidual">Residual offset of the second run, if there is a residual.</param>
internal readonly record struct MapTile(int Width, int Input, int SecondInput, int Output, int SecondOutput, int Residual, int SecondResidual)
{
    /// <summary>Pixels of the first run.</summary>
    public int FirstRun => (Width + 1) / 2;
}
