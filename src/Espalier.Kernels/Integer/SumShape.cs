namespace Espalier.Kernels;

/// <summary>What a <see cref="SumTile"/> is made for: everything that its code depends on but the numbers in <see cref="SumArguments"/>.</summary>
/// <param name="Width">Output pixels, 1 to <see cref="MaximumWidth"/>; the first run has half of them, rounded up (see <see cref="MapTile"/>).</param>
/// <param name="Vectors">Blocks of 16 output channels: 1 or 2.</param>
/// <param name="PixelStride">Bytes from the input of one output pixel to that of the next.</param>
/// <param name="KernelWidth">Columns of the kernel.</param>
/// <param name="TapColumnStride">Bytes from one column of the kernel to the next.</param>
/// <param name="Quads">Groups of four input channels in a block of the input: 4 or 1.</param>
/// <param name="LastQuads">Groups of four input channels in a block behind the full ones; 0 for none.</param>
internal readonly record struct SumShape(int Width, int Vectors, int PixelStride, int KernelWidth, int TapColumnStride, int Quads, int LastQuads)
{
    /// <summary>The most output pixels of a tile: 28 accumulators of 16 sums, two vectors of weights and two of inputs are the 32 registers.</summary>
    internal const int MaximumWidth = 14;

    /// <summary>Output channels of a vector.</summary>
    internal const int Outputs = 16;

    /// <summary>Input channels that one step multiplies.</summary>
    internal const int QuadChannels = 4;

    /// <summary>Pixels of the first run.</summary>
    internal int FirstRun => (Width + 1) / 2;

    /// <summary>Bytes of weights of one kernel position of four input channels.</summary>
    internal int StepBytes => Vectors * Outputs * QuadChannels;

    /// <summary>Bytes from the first run's pointer (for <paramref name="pixel"/> below <see cref="FirstRun"/>), or the second's, to a pixel.</summary>
    internal int PixelOffset(int pixel) => (pixel < FirstRun ? pixel : pixel - FirstRun) * PixelStride;
}
