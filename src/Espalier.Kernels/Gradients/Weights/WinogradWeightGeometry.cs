namespace Espalier.Kernels;

/// <summary>How a weight gradient by Winograd's F(4x4, 3x3) divides its work: a function of the problem and the batch only.</summary>
/// <remarks>
/// A <em>group</em> is some input channels by some output channels, whose sums for all frequencies stay in the second-level cache while a <em>block</em> of transformed tiles after
/// the other is added to them. Each group transforms its tiles itself, so that they need not be kept in memory. A <em>chunk</em> is a subset of the tiles with sums of its own.
/// </remarks>
internal sealed class WinogradWeightGeometry
{
    // Channels per group, in both directions: sums of 576 KB. With half of them transforms would take twice as long.
    private const int GroupChannels = 64;

    // Transformed tiles that are to stay in the second-level cache beside the sums.
    private const int TransformedBytes = 384 * 1024;

    // Tiles per chunk at least: at its end all sums are transformed.
    private const int ChunkTiles = 32;

    // Minimum number of items of work: two for each of eight threads.
    private const int Items = 16;

    // Costs in multiply-adds at full speed: of transforming one float of input or output gradient, and all frequencies of one weight.
    private const double TileTransform = 12;
    private const double FilterTransform = 300;

    private readonly ConvolutionProblem _forward;

    internal WinogradWeightGeometry(in ConvolutionProblem forward, BlockedLayout gradients)
    {
        _forward = forward;
        Tiles = WinogradTile.Cut(forward with { Output = gradients, Residual = null }, WinogradTransform4<Lanes128>.Outputs);
        int lanes = gradients.Lanes;
        (InputGroups, InputBlocks) = Divide(forward.Input.Blocks, GroupChannels / lanes);
        (OutputGroups, Pairs) = Divide((gradients.Blocks + 1) / 2, GroupChannels / lanes / 2);
        (int inputs, int outputs) = (InputBlocks * lanes, 2 * Pairs * lanes);
        BlockTiles = Math.Max(1, TransformedBytes / (Frequencies * (inputs + outputs) * sizeof(float)));

        // One more vector than needed: strides of a power of two would put all frequencies into the same cache set.
        InputStride = (BlockTiles * inputs) + lanes;
        GradientStride = (BlockTiles * outputs) + lanes;
        SumStride = (inputs * outputs) + lanes;
        ScratchLength = Frequencies * (InputStride + GradientStride + SumStride + (2 * lanes));
    }

    /// <summary>Floats that a tile of one channel is transformed into.</summary>
    internal const int Frequencies = 36;

    /// <summary>The tiles of one image; their outputs are offsets in the output gradient.</summary>
    internal WinogradTile[] Tiles { get; }

    /// <summary>Blocks of input channels of a group; the last group may have fewer.</summary>
    internal int InputBlocks { get; }

    /// <summary>Pairs of blocks of output channels of a group; the last group may have fewer.</summary>
    internal int Pairs { get; }

    /// <summary>Number of groups of input channels.</summary>
    internal int InputGroups { get; }

    private int OutputGroups { get; }

    /// <summary>Number of groups.</summary>
    internal int Groups => InputGroups * OutputGroups;

    /// <summary>Tiles that are transformed and multiplied together.</summary>
    internal int BlockTiles { get; }

    /// <summary>Floats between frequencies of the transformed input; each is [tile][channel].</summary>
    internal int InputStride { get; }

    /// <summary>Floats between frequencies of the transformed output gradient; each is [channel block][tile][lane].</summary>
    internal int GradientStride { get; }

    /// <summary>Floats between frequencies of the sums; each is [pair][input channel][vectors x lanes].</summary>
    internal int SumStride { get; }

    /// <summary>Floats of scratch memory: both transforms, the sums, and two tiles for intermediate results.</summary>
    internal int ScratchLength { get; }

    /// <summary>Whether Winograd's algorithm computes the convolution's weight gradient at all.</summary>
    internal static bool Supports(in ConvolutionProblem forward) =>
        forward is { Kernel: (3, 3), Stride: (1, 1), Dilation: (1, 1), Groups: 1 } && forward.Input.Lanes == forward.Output.Lanes && forward.Output.Height > 0 && forward.Output.Width > 0;

    /// <summary>The cost of one image of the usual batch, in multiply-adds at full speed, as <see cref="ConvolutionKernel.CostOf"/> counts them.</summary>
    internal double Cost
    {
        get
        {
            int lanes = _forward.Output.Lanes;
            double inputs = _forward.Input.Channels;
            double outputs = _forward.Output.Blocks * lanes;
            double transforms = ((_forward.Input.Blocks * lanes * OutputGroups) + (outputs * InputGroups)) * TileTransform;
            double sums = inputs * outputs * FilterTransform * Chunks(_forward.UsualBatch) / _forward.UsualBatch;
            return (Tiles.Length * (double)Frequencies * ((inputs * outputs) + transforms)) + sums;
        }
    }

    /// <summary>Number of chunks of a batch.</summary>
    internal int Chunks(int batch) => Math.Clamp(batch * Tiles.Length / ChunkTiles, 1, (Items + Groups - 1) / Groups);

    private static (int Groups, int Size) Divide(int blocks, int most)
    {
        int groups = (blocks + most - 1) / most;
        return (groups, (blocks + groups - 1) / Math.Max(1, groups));
    }
}
