namespace Espalier.Kernels;

/// <summary>What a <see cref="SumTile"/> is made for: everything that its code depends on but the numbers in <see cref="SumArguments"/>.</summary>
/// <param name="Width">Output pixels, 1 to <see cref="MaximumWidth"/>; the first run has half of them, rounded up (see <see cref="MapTile"/>).</param>
/// <param name="Vectors">Blocks of 16 output channels: 1 or 2.</param>
/// <param name="PixelStride">Bytes from the input of one output pixel to that of the next.</param>
/// <param name="KernelWidth">Columns of the kernel.</param>
/// <param name="TapColumnStride">Bytes from one column of the kernel to the next.</param>
/// <param name="Quads">Groups of four input channels in a block of the input: 4 or 1; or steps of <see cref="SumPattern.GroupQuads"/> at a kernel position.</param>
/// <param name="LastQuads">Groups of four input channels in a block behind the full ones; 0 for none.</param>
internal readonly record struct SumShape(int Width, int Vectors, int PixelStride, int KernelWidth, int TapColumnStride, int Quads, int LastQuads)
{
    /// <summary>The most output pixels of a tile: 28 accumulators of 16 sums, two vectors of weights and two of inputs are the 32 registers.</summary>
    internal const int MaximumWidth = 14;

    /// <summary>The same with weights of 16 bits: 24 accumulators, four vectors of weights, two of inputs and two of products.</summary>
    internal const int MaximumWordWidth = 12;

    /// <summary>Output channels of a vector.</summary>
    internal const int Outputs = 16;

    /// <summary>Input channels that one step multiplies.</summary>
    internal const int QuadChannels = 4;

    /// <summary>Kernel columns that one step of <see cref="SumPattern.TapQuads"/> multiplies.</summary>
    internal const int TapQuadColumns = 4;

    /// <summary>The widest kernel of <see cref="SumPattern.TapQuads"/>: the weights of a row, at most eight vectors, are in registers.</summary>
    internal const int WidestTapQuads = 8;

    /// <summary>If a row of the kernel is read as one sequence of bytes (see <see cref="PixelRow"/>), its length; otherwise 0.</summary>
    internal int RowBytes { get; init; }

    /// <summary>How inputs and outputs are paired.</summary>
    internal SumPattern Pattern { get; init; }

    /// <summary>Whether the last block of input channels is added while the sums are requantized: for a kernel of one position, two vectors and several blocks in <see cref="SumPattern.Quads"/>.</summary>
    internal bool JoinsFinish { get; init; }

    /// <summary>The requantization of the sums in registers; <see langword="null"/> if they are stored.</summary>
    internal SumFinish? Finish { get; init; }

    /// <summary>The output channel of a lane of <see cref="SumPattern.GroupQuads"/>.</summary>
    internal static int OutputOfLane(int lane) => (lane % 4 * 4) + (lane / 4);

    /// <summary>Pixels of the first run.</summary>
    internal int FirstRun => (Width + 1) / 2;

    /// <summary>Bytes of weights of one kernel position of four input channels.</summary>
    internal int StepBytes => Vectors * Outputs * QuadChannels * (Pattern == SumPattern.WordQuads ? sizeof(short) : 1);

    /// <summary>For <see cref="SumPattern.TapQuads"/>: loads of four pixels for a row of the kernel.</summary>
    internal int TapQuads => (KernelWidth + TapQuadColumns - 1) / TapQuadColumns;

    /// <summary>For <see cref="SumPattern.TapQuads"/>: adjacent outputs whose rows of the kernel lie within the same loaded pixels.</summary>
    internal int TapShifts => PixelStride == Outputs ? (TapQuads * TapQuadColumns) - KernelWidth + 1 : 1;

    /// <summary>Bytes from the first of a block's inputs at a kernel position, or of a row, to those of a quad.</summary>
    internal int QuadOffset(int quad) => RowBytes == 0 ? quad * QuadChannels : PixelRow.QuadOffset(RowBytes, quad);

    /// <summary>Bytes from the first run's pointer (for <paramref name="pixel"/> below <see cref="FirstRun"/>), or the second's, to a pixel.</summary>
    internal int PixelOffset(int pixel) => (pixel < FirstRun ? pixel : pixel - FirstRun) * PixelStride;
}
