namespace Espalier.Kernels;

/// <summary>The nonzeros of a convolution in the order in which they are read: <c>[panel of output channels][chunk of input channels][row]</c>.</summary>
internal sealed class SparseStream
{
    /// <summary>The cost of a row in addition to its quads, in units of quads: loop overhead, and loading and storing sums.</summary>
    private const int RowCost = 2;

    private readonly SparseRun[] _runs;
    private readonly long[] _costs;

    /// <param name="quads">The quads of all rows.</param>
    /// <param name="rows">All rows.</param>
    /// <param name="runs">[panel][chunk], and one more that marks the end.</param>
    /// <param name="chunks">Number of chunks per panel.</param>
    internal SparseStream(WeightQuad[] quads, SparseRow[] rows, SparseRun[] runs, int chunks)
    {
        (Quads, Rows, _runs, Chunks) = (quads, rows, runs, chunks);
        Panels = (runs.Length - 1) / chunks;
        _costs = [.. Enumerable.Range(0, Panels + 1).Select(panel => runs[panel * chunks]).Select(run => run.FirstQuad + ((long)RowCost * run.FirstRow))];
    }

    internal WeightQuad[] Quads { get; }

    internal SparseRow[] Rows { get; }

    /// <summary>Number of panels of output channels: the units divided among threads.</summary>
    internal int Panels { get; }

    /// <summary>Number of chunks of input channels.</summary>
    internal int Chunks { get; }

    internal SparseRun this[int panel, int chunk] => _runs[(panel * Chunks) + chunk];

    /// <summary>The first of <paramref name="groups"/> times <see cref="Panels"/> units that belongs to a part; parts have nearly equal numbers of nonzeros.</summary>
    internal int FirstUnit(int groups, int part, int parts)
    {
        if (part == parts)
        {
            return checked(groups * Panels);
        }

        (long group, long cost) = Math.DivRem((long)((Int128)_costs[^1] * groups * part / parts), _costs[^1]);
        int panel = Array.BinarySearch(_costs, cost);
        return checked((int)group * Panels) + (panel < 0 ? ~panel : panel);
    }
}
