namespace Espalier.Kernels;

/// <summary>The inner loops of a sparse kernel for one form of weights: single weights, or blocks of them.</summary>
internal unsafe interface ISparseRows<TLanes> where TLanes : unmanaged, ILanes<TLanes>
{
    /// <summary>The kernel's name.</summary>
    static abstract string Name { get; }

    /// <summary>Output channels per row: 1, or 4 where an entry has the weights of four.</summary>
    static abstract int Height { get; }

    /// <summary>Maximum number of vectors of pixels that the loops support.</summary>
    static abstract int MaximumVectors { get; }

    /// <summary>The fraction of the entries that are stored and multiplied.</summary>
    static abstract double Kept(WeightSparsity sparsity);

    /// <summary>
    /// The loop over rows for a number of vectors: quads, rows, number of rows, gathered pixels, sums, and whether the sums are the first of their row rather than added to it.
    /// Sums lie as [row][output channel of the row][vectors][lanes].
    /// </summary>
    static abstract delegate*<WeightQuad*, SparseRow*, int, float*, float*, bool, void> Loop(int vectors);
}
