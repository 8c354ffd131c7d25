namespace Espalier.Kernels;

/// <summary>How a sparse convolution's output map is cut: vectors of 16 pixels in the order of rows, and tiles of several vectors that are computed together.</summary>
internal sealed class SparseTiling
{
    /// <param name="problem">The convolution.</param>
    /// <param name="largest">The most vectors of a tile.</param>
    internal SparseTiling(in ConvolutionProblem problem, int largest)
    {
        int pixels = problem.Output.Height * problem.Output.Width;
        int vectors = (pixels + SparseSums.Pixels - 1) / SparseSums.Pixels;
        int tiles = (vectors + largest - 1) / largest;
        FirstVectors = [.. Enumerable.Range(0, tiles).Select(tile => WorkSplit.Range(vectors, tile, tiles).First), vectors];
        ConvolutionProblem own = problem;
        int columns = own.Output.Width;
        int origin = ((own.Input.Border.Top - own.Padding.Top) * own.Input.RowStride) + ((own.Input.Border.Left - own.Padding.Left) * own.Input.Lanes);
        Inputs = FourPixels.Of(pixels, i => origin + (i / columns * own.Stride.Height * own.Input.RowStride) + (i % columns * own.Stride.Width * own.Input.Lanes));
        Outputs = FourPixels.Of(pixels, i => own.Output.Offset(0, i / columns, i % columns));
        Residuals = own.Residual is { } residual ? FourPixels.Of(pixels, i => residual.Offset(0, i / columns, i % columns)) : [];
        Positions = [.. Enumerable.Range(0, own.Kernel.Area).Select(i =>
            (i / own.Kernel.Width * own.Dilation.Height * own.Input.RowStride) + (i % own.Kernel.Width * own.Dilation.Width * own.Input.Lanes))];
    }

    /// <summary>Number of tiles.</summary>
    internal int Tiles => FirstVectors.Length - 1;

    /// <summary>The first vector of each tile; behind them the number of vectors.</summary>
    internal int[] FirstVectors { get; }

    /// <summary>The input of each pixel at the first kernel position.</summary>
    internal FourPixels[] Inputs { get; }

    /// <summary>Each pixel of the output.</summary>
    internal FourPixels[] Outputs { get; }

    /// <summary>Each pixel of the residual, if there is one.</summary>
    internal FourPixels[] Residuals { get; }

    /// <summary>Bytes from the first kernel position to each.</summary>
    internal int[] Positions { get; }
}
