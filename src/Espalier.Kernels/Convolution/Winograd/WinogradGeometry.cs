namespace Espalier.Kernels;

/// <summary>How a Winograd convolution divides its work: what part of the transformed numbers is in scratch memory at a time.</summary>
internal readonly record struct WinogradGeometry
{
    // Transformed input that is to stay in the second-level cache (1 MB on the machines measured) beside one panel's weights and products.
    private const int TransformedBytes = 512 * 1024;

    // Fewer tiles than this would read the transformed weights too often for what they multiply.
    private const int FewestTiles = 12;

    // Many channels are worth leaving that cache for: their weights come from beyond it for every block. With little more than one register tile VGG-16's 28 x 28 took 1.3 times as long.
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

    /// <summary>Floats of a vector.</summary>
    internal int Lanes { get; }

    /// <summary>Output pixels of a tile along one side.</summary>
    internal int Outputs { get; }

    /// <summary>Input pixels of a tile along one side.</summary>
    internal int Inputs => Outputs + 2;

    /// <summary>Numbers that a tile of one channel is transformed into.</summary>
    internal int Frequencies => Inputs * Inputs;

    /// <summary>Rows of tiles of an image.</summary>
    internal int TileRows { get; }

    /// <summary>Columns of tiles of an image.</summary>
    internal int TileColumns { get; }

    /// <summary>Tiles of an image.</summary>
    internal int Tiles => TileRows * TileColumns;

    /// <summary>Tiles that are transformed and multiplied together.</summary>
    internal int BlockTiles { get; }

    /// <summary>Floats from one frequency of the transformed input to the next; each holds [channel block][tile][lane].</summary>
    internal int InputStride { get; }

    /// <summary>Floats from one frequency of the products to the next; each holds [vector][tile][lane].</summary>
    internal int ProductStride { get; }

    /// <summary>Floats of scratch memory: the transformed input, the products, and two tiles on which the transforms work.</summary>
    /// <remarks>Not on the stack: there vectors would straddle cache lines, which takes twice the time and keeps loads from being fed by stores in flight.</remarks>
    internal int ScratchLength => Frequencies * (InputStride + ProductStride + (2 * Lanes));

    /// <summary>Blocks of tiles of a batch, for that many parts; tiles are numbered through all images.</summary>
    internal int Blocks(int batch, int panels, int parts)
    {
        int tiles = batch * Tiles;
        return WorkSplit.Pieces((tiles + BlockTiles - 1) / BlockTiles, tiles / FewestTiles, panels, parts);
    }

    /// <summary>The tiles [first, end) of one block: near-equal shares, but whole register tiles where that makes as many blocks and the last of them not much smaller.</summary>
    internal (int First, int End) Block(int batch, int block, int blocks, int tileWidth)
    {
        int tiles = batch * Tiles;
        int whole = (((tiles + blocks - 1) / blocks) + tileWidth - 1) / tileWidth * tileWidth;
        int last = tiles - ((blocks - 1) * whole);
        bool fits = whole <= BlockTiles && last <= whole && 4 * last >= 3 * whole;
        return fits ? (block * whole, Math.Min(tiles, (block + 1) * whole)) : WorkSplit.Range(tiles, block, blocks);
    }
}
