namespace Espalier.Kernels;

/// <summary>How a sparse convolution divides the output map and the input channels, and the layout of the gathered input.</summary>
/// <remarks>
/// Vector lanes are pixels. If the kernel is one column wide, the maps of the whole batch are treated as one row of pixels, cut into groups of nearly equal numbers of vectors.
/// Otherwise each lane has a segment of adjacent output pixels of one row, and vector v holds pixel v of every segment: the kernel position to the right is then the next
/// vector, aligned, and neighbouring kernel positions share gathered pixels. A group has one segment per lane.
/// Input channels are divided into chunks whose gathered pixels stay in the first-level cache while they are multiplied by the nonzeros of all output channels.
/// </remarks>
internal sealed class SparseGeometry
{
    /// <summary>Bytes of gathered pixels, for a first-level cache of 48 KB (Zen 5, Golden Cove).</summary>
    private const int ChunkBytes = 42 * 1024;

    private readonly ConvolutionProblem _problem;
    private readonly int[] _columns;

    /// <param name="problem">The convolution.</param>
    /// <param name="lanes">Floats per vector.</param>
    /// <param name="vectors">Vectors of pixels computed together.</param>
    internal SparseGeometry(in ConvolutionProblem problem, int lanes, int vectors)
    {
        _problem = problem;
        Lanes = lanes;
        Vectors = vectors;
        IsFlat = problem.Kernel.Width == 1;
        SegmentsOfRow = (problem.Output.Width + vectors - 1) / vectors;
        _columns = IsFlat ? [.. Enumerable.Range(0, vectors)] : ColumnsOf(problem, vectors);
        BlockLength = (long)problem.Kernel.Height * _columns.Length * lanes * lanes;
        ChunkBlocks = (int)Math.Clamp(ChunkBytes / (BlockLength * sizeof(float)), 1, problem.Input.Blocks);
    }

    internal int Lanes { get; }

    /// <summary>Whether all pixels of the batch are treated as one row.</summary>
    internal bool IsFlat { get; }

    /// <summary>Vectors of pixels computed together; the maximum, where groups differ.</summary>
    internal int Vectors { get; }

    /// <summary>Segments per row of the map, if it is divided into segments; the last may have fewer pixels.</summary>
    internal int SegmentsOfRow { get; }

    /// <summary>Input channel blocks per chunk; the last chunk may have fewer.</summary>
    internal int ChunkBlocks { get; }

    /// <summary>Number of chunks of input channels.</summary>
    internal int Chunks => (_problem.Input.Blocks + ChunkBlocks - 1) / ChunkBlocks;

    /// <summary>Vectors that each (channel, kernel row) is gathered in.</summary>
    internal int Columns => _columns.Length;

    /// <summary>Floats of the gathered input of one channel block: <c>[channels][kernel rows][columns][lanes]</c>.</summary>
    internal long BlockLength { get; }

    /// <summary>Whether the offsets of a chunk fit into those of a <see cref="WeightQuad"/>.</summary>
    internal bool IsWithinReach => BlockLength * ChunkBlocks * sizeof(float) <= (1 << 16) * WeightQuad.OffsetUnit;

    /// <summary>Lanes of all groups of one image, including those without a pixel: the amount that is computed.</summary>
    internal double Pixels => IsFlat ? (double)VectorsOf(1) * Lanes : (double)Groups(1) * Vectors * Lanes;

    /// <summary>Input column of each gathered vector, relative to the first pixel and kernel column of a segment; unused where pixels form one row.</summary>
    internal ReadOnlySpan<int> SegmentColumns => _columns;

    /// <summary>Number of groups of a batch.</summary>
    internal int Groups(int batch) => IsFlat
        ? (VectorsOf(batch) + Vectors - 1) / Vectors
        : checked((int)((((long)batch * _problem.Output.Height * SegmentsOfRow) + Lanes - 1) / Lanes));

    /// <summary>The first and last vector (exclusive) of a group, where pixels form one row.</summary>
    internal (int First, int End) VectorsOf(int group, int batch) => WorkSplit.Range(VectorsOf(batch), group, Groups(batch));

    /// <summary>Offset in the gathered chunk of the first pixel for a weight (channel of the chunk, row, column), in units of <see cref="WeightQuad.OffsetUnit"/>.</summary>
    internal ushort Offset(int channel, int row, int column)
    {
        int place = IsFlat ? 0 : Array.IndexOf(_columns, column * _problem.Dilation.Width);
        return checked((ushort)(((((channel * _problem.Kernel.Height) + row) * _columns.Length) + place) * Lanes * sizeof(float) / WeightQuad.OffsetUnit));
    }

    private int VectorsOf(int batch) => checked((int)((((long)batch * _problem.Output.Height * _problem.Output.Width) + Lanes - 1) / Lanes));

    /// <summary>Kernel columns ordered by their remainder modulo the stride, so that the columns of one kernel position are consecutive for any stride.</summary>
    private static int[] ColumnsOf(ConvolutionProblem problem, int vectors) =>
    [
        .. Enumerable.Range(0, problem.Kernel.Width)
            .SelectMany(position => Enumerable.Range(0, vectors).Select(vector => (position * problem.Dilation.Width) + (vector * problem.Stride.Width)))
            .Distinct()
            .OrderBy(column => column % problem.Stride.Width)
            .ThenBy(column => column),
    ];
}
