namespace Espalier.Kernels;

/// <summary>What is done to the windows of one row of the output of a pool over an 8-bit map.</summary>
internal unsafe interface IPoolRow
{
    /// <summary>Computes a row of one block.</summary>
    /// <param name="first">The first pixel of the first row of the windows.</param>
    /// <param name="rowStep">From one row of the windows to the next.</param>
    /// <param name="rows">The windows' rows.</param>
    /// <param name="columns">The columns of each window.</param>
    /// <param name="line">Memory for a row of the input.</param>
    /// <param name="to">The output's row.</param>
    void Run(byte* first, nint rowStep, PoolSpan rows, ReadOnlySpan<PoolSpan> columns, Span<byte> line, byte* to);
}
