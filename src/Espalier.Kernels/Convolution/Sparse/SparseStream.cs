namespace Espalier.Kernels;

/// <summary>The nonzeros of a convolution in the order in which they are streamed: <c>[panel of output channels][chunk of input channels][row]</c>.</summary>
internal sealed class SparseStream
{
    /// <summary>What a row costs beside its quads, in quads: beginning and ending the loop, and the sums' way from and to memory.</summary>
    private const int RowCost = 2;

    private readonly SparseRun[] _runs;
    private readonly long[] _costs;

    /// <param name="quads">The quads of all rows.</param>
    /// <param name="rows">All rows.</param>
    /// <param name="runs">[panel][chunk], and one more that marks the end.</param>
    /// <param name="chunks">Chunks of a panel.</param>
    internal SparseStream(WeightQuad[] quads, SparseRow[] rows, SparseRun[] runs, int chunks)
    {
        (Quads, Rows, _runs, Chunks) = (quads, rows, runs, chunks);
        Panels = (runs.Length - 1) / chunks;
        _costs = [.. Enumerable.Range(0, Panels + 1).Select(panel => runs[panel * chunks]).Select(run => run.FirstQuad + ((long)RowCost * run.FirstRow))];
    }

    internal WeightQuad[] Quads { get; }

    internal SparseRow[] Rows { get; }

    /// <summary>Panels of output channels: the units in which they are divided among threads.</summary>
    internal int Panels { get; }

    /// <summary>Chunks of the input channels.</summary>
    internal int Chunks { get; }

    internal SparseRun this[int panel, int chunk] => _runs[(panel * Chunks) + chunk];

    /// <summary>The first of <paramref name="groups"/> times <see cref="Panels"/> units that belongs to a part: as many nonzeros before it as after, in proportion.</summary>
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
