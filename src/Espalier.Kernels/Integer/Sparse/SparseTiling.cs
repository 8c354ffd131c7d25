namespace Espalier.Kernels;

/// <summary>How a sparse convolution's output map is cut: vectors of 16 pixels in the order of rows, and tiles of several vectors that are computed together.</summary>
internal sealed class SparseTiling
{
    /// <param name="problem">The convolution.</param>
    /// <param name="largest">The most vectors of a tile.</param>
    internal SparseTiling(in ConvolutionProblem problem, int largest)
    {
        Pixels = problem.Output.Height * problem.Output.Width;
        int vectors = (Pixels + SparseSums.Pixels - 1) / SparseSums.Pixels;
        int tiles = (vectors + largest - 1) / largest;
        FirstVectors = [.. Enumerable.Range(0, tiles).Select(tile => WorkSplit.Range(vectors, tile, tiles).First), vectors];
        ConvolutionProblem own = problem;
        int padding = (own.Input.Border.Top - own.Padding.Top) * own.Input.RowStride;
        padding += (own.Input.Border.Left - own.Padding.Left) * own.Input.Lanes;
        Inputs = Of(vectors, (y, x) => padding + (y * own.Stride.Height * own.Input.RowStride) + (x * own.Stride.Width * own.Input.Lanes), own);
        Outputs = Of(vectors, (y, x) => own.Output.Offset(0, y, x), own);
        Residuals = own.Residual is { } residual ? Of(vectors, (y, x) => residual.Offset(0, y, x), own) : [];
        Positions = [.. Enumerable.Range(0, own.Kernel.Area).Select(i =>
            (i / own.Kernel.Width * own.Dilation.Height * own.Input.RowStride) + (i % own.Kernel.Width * own.Dilation.Width * own.Input.Lanes))];
    }

    /// <summary>Output pixels.</summary>
    internal int Pixels { get; }

    /// <summary>Number of tiles.</summary>
    internal int Tiles => FirstVectors.Length - 1;

    /// <summary>The first vector of each tile; behind them the number of vectors.</summary>
    internal int[] FirstVectors { get; }

    /// <summary>Bytes from the start of a block of channels to the input of each pixel at the first kernel position. Here and below: for whole vectors, where the last pixel stands for those that there are not.</summary>
    internal int[] Inputs { get; }

    /// <summary>Bytes from the start of a block of channels to each pixel of the output.</summary>
    internal int[] Outputs { get; }

    /// <summary>The same of the residual, if there is one.</summary>
    internal int[] Residuals { get; }

    /// <summary>Bytes from the first kernel position to each.</summary>
    internal int[] Positions { get; }

    private int[] Of(int vectors, Func<int, int, int> offset, in ConvolutionProblem problem)
    {
        var offsets = new int[vectors * SparseSums.Pixels];
        for (int i = 0; i < offsets.Length; i++)
        {
            (int y, int x) = Math.DivRem(Math.Min(i, Pixels - 1), problem.Output.Width);
            offsets[i] = offset(y, x);
        }

        return offsets;
    }
}
