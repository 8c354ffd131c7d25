namespace Espalier.Kernels;

/// <summary>What a sparse kernel streams: single weights, or blocks of them. The inner loops, and what they are packed as.</summary>
internal unsafe interface ISparseRows<TLanes> where TLanes : unmanaged, ILanes<TLanes>
{
    /// <summary>The kernel's name.</summary>
    static abstract string Name { get; }

    /// <summary>Output channels of a row: 1, or 4 where one entry holds the weights of four.</summary>
    static abstract int Height { get; }

    /// <summary>Vectors of pixels that the loops are written for, at the most.</summary>
    static abstract int MaximumVectors { get; }

    /// <summary>The share of the entries that are multiplied.</summary>
    static abstract double Kept(WeightSparsity sparsity);

    /// <summary>
    /// The loop over rows for a number of vectors: quads, rows, number of rows, gathered pixels, sums, and whether the sums are the first of their row rather than added to it.
    /// Sums lie as [row][output channel of the row][vectors][lanes].
    /// </summary>
    static abstract delegate*<WeightQuad*, SparseRow*, int, float*, float*, bool, void> Loop(int vectors);
}
