namespace Espalier.Kernels;

/// <summary>How a sparse convolution cuts the output map, and how it holds the input of one piece.</summary>
/// <remarks>
/// Each lane has a segment of adjacent output pixels of one row, and vector v holds pixel v of every segment. So a tap to the right is the next
/// vector, aligned, and neighbouring taps share what was gathered. A group is one segment for each lane. Where the kernel is one
/// column wide nothing is shared, and the whole map counts as one row.
/// </remarks>
internal sealed class SparseGeometry
{
    /// <summary>Accumulators that hide the latency of the multiply-adds: 2 a cycle, 4 cycles each (Zen 4 and 5, Skylake to Golden Cove).</summary>
    internal const int MaximumVectors = 8;

    // The gathered input is read again for each output channel: 640 KB leave room in a second-level cache of 1 MB.
    private const int MaximumGathered = 160 * 1024;

    private readonly ConvolutionProblem _problem;
    private readonly int[] _columns;

    internal SparseGeometry(in ConvolutionProblem problem, int lanes)
    {
        _problem = problem;
        Lanes = lanes;
        IsFlat = problem.KernelWidth == 1;
        (Rows, Width) = IsFlat ? (1, problem.Output.Height * problem.Output.Width) : (problem.Output.Height, problem.Output.Width);
        Vectors = BestVectors();
        SegmentsOfRow = (Width + Vectors - 1) / Vectors;
        _columns = ColumnsOf(problem, Vectors);
    }

    internal int Lanes { get; }

    /// <summary>Whether all pixels of the map form one row.</summary>
    internal bool IsFlat { get; }

    /// <summary>Rows that are cut into segments.</summary>
    internal int Rows { get; }

    /// <summary>Output pixels of such a row.</summary>
    internal int Width { get; }

    /// <summary>Pixels of a segment: accumulators of the inner loop.</summary>
    internal int Vectors { get; }

    /// <summary>Segments of a row; the last may have fewer pixels.</summary>
    internal int SegmentsOfRow { get; }

    /// <summary>Input columns that a segment reads, counted from that of its first pixel's first tap, in the order in which they are held.</summary>
    internal ReadOnlySpan<int> Columns => _columns;

    /// <summary>Floats of the gathered input: <c>[input channels][kernel rows][columns][lanes]</c>.</summary>
    internal long GatheredLength => (long)_problem.Input.PaddedChannels * _problem.KernelHeight * _columns.Length * Lanes;

    /// <summary>Groups of one segment for each lane.</summary>
    internal int Groups(int batch) => checked((int)((((long)batch * Rows * SegmentsOfRow) + Lanes - 1) / Lanes));

    /// <summary>Where the gathered input holds what weight (channel, row, column) multiplies for the first pixel of each segment.</summary>
    internal int Offset(int channel, int row, int column) =>
        ((((channel * _problem.KernelHeight) + row) * _columns.Length) + Array.IndexOf(_columns, column * _problem.DilationWidth)) * Lanes;

    /// <summary>The length that wastes the fewest lanes, counting what each vector shares of the loop: a weight is loaded once for all of them.</summary>
    private int BestVectors()
    {
        (int best, double bestCost) = (1, double.PositiveInfinity);
        for (int vectors = 1; vectors <= MaximumVectors; vectors++)
        {
            long gathered = (long)_problem.Input.PaddedChannels * _problem.KernelHeight * ColumnsOf(_problem, vectors).Length * Lanes;
            long segments = (long)Rows * ((Width + vectors - 1) / vectors);
            double cost = (segments + Lanes - 1) / Lanes * (vectors + 1.0); // one more load for the weight
            if ((vectors == 1 || gathered <= MaximumGathered) && cost < bestCost)
            {
                (best, bestCost) = (vectors, cost);
            }
        }

        return best;
    }

    /// <summary>Ordered by what remains of the stride, so that the columns of one tap follow each other for any stride.</summary>
    private static int[] ColumnsOf(ConvolutionProblem problem, int vectors) =>
    [
        .. Enumerable.Range(0, problem.KernelWidth)
            .SelectMany(tap => Enumerable.Range(0, vectors).Select(vector => (tap * problem.DilationWidth) + (vector * problem.StrideWidth)))
            .Distinct()
            .OrderBy(column => column % problem.StrideWidth)
            .ThenBy(column => column),
    ];
}
