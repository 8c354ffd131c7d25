namespace Espalier.Kernels;

/// <summary>How a Winograd convolution divides its work, and how much transformed data is in scratch memory at a time.</summary>
internal readonly record struct WinogradGeometry
{
    // Transformed input that is to stay in the second-level cache (1 MB on the machines measured) beside one panel's weights and products.
    private const int TransformedBytes = 512 * 1024;

    // With fewer tiles than this the transformed weights would be read too often.
    private const int FewestTiles = 12;

    // With many channels larger blocks than fit into that cache are faster, because weights are read from memory for every block.
    private const int FewestRegisterTiles = 2;

    internal WinogradGeometry(in ConvolutionProblem problem, int outputs)
    {
        int lanes = problem.Output.Lanes;
        Lanes = lanes;
        Outputs = outputs;
        TileRows = (problem.Output.Height + outputs - 1) / outputs;
        TileColumns = (problem.Output.Width + outputs - 1) / outputs;
        int width = TileLimits.MaximumWidth(lanes, 2);
        int fitting = TransformedBytes / (Frequencies * problem.Input.Blocks * lanes * sizeof(float));
        BlockTiles = Math.Max(Math.Max(fitting / width, FewestRegisterTiles) * width, FewestTiles);

        // One more vector than needed: strides of a power of two would put all frequencies of a tile into the same cache set.
        InputStride = (problem.Input.Blocks * BlockTiles * lanes) + lanes;
        ProductStride = (2 * BlockTiles * lanes) + lanes;
    }

    /// <summary>Floats per vector.</summary>
    internal int Lanes { get; }

    /// <summary>Output pixels per side of a tile.</summary>
    internal int Outputs { get; }

    /// <summary>Input pixels per side of a tile.</summary>
    internal int Inputs => Outputs + 2;

    /// <summary>Number of floats that a tile of one channel is transformed into.</summary>
    internal int Frequencies => Inputs * Inputs;

    /// <summary>Rows of tiles per image.</summary>
    internal int TileRows { get; }

    /// <summary>Columns of tiles per image.</summary>
    internal int TileColumns { get; }

    /// <summary>Tiles per image.</summary>
    internal int Tiles => TileRows * TileColumns;

    /// <summary>Tiles that are transformed and multiplied together.</summary>
    internal int BlockTiles { get; }

    /// <summary>Floats between frequencies of the transformed input; each is [channel block][tile][lane].</summary>
    internal int InputStride { get; }

    /// <summary>Floats between frequencies of the products; each is [vector][tile][lane].</summary>
    internal int ProductStride { get; }

    /// <summary>Floats of scratch memory: the transformed input, the products, and two tiles for intermediate results.</summary>
    /// <remarks>Not on the stack, where vectors would straddle cache lines, which takes twice the time and prevents store forwarding.</remarks>
    internal int ScratchLength => Frequencies * (InputStride + ProductStride + (2 * Lanes));

    /// <summary>Number of blocks of tiles of a batch for a number of parts; tiles are numbered through all images.</summary>
    internal int Blocks(int batch, int panels, int parts)
    {
        int tiles = batch * Tiles;
        return WorkSplit.Pieces((tiles + BlockTiles - 1) / BlockTiles, tiles / FewestTiles, panels, parts);
    }

    /// <summary>The tiles [first, end) of one block: nearly equal numbers, or multiples of register tiles if that gives as many blocks of similar size.</summary>
    internal (int First, int End) Block(int batch, int block, int blocks, int tileWidth)
    {
        int tiles = batch * Tiles;
        int whole = (((tiles + blocks - 1) / blocks) + tileWidth - 1) / tileWidth * tileWidth;
        int last = tiles - ((blocks - 1) * whole);
        bool fits = whole <= BlockTiles && last <= whole && 4 * last >= 3 * whole;
        return fits ? (block * whole, Math.Min(tiles, (block + 1) * whole)) : WorkSplit.Range(tiles, block, blocks);
    }
}
