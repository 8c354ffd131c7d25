namespace Espalier.Kernels;

/// <summary>What one register tile reads and writes. A tile is up to 14 output pixels by one or two vectors of output channels.</summary>
/// <remarks>
/// The pixels are two runs: the first half of the tile starts at <see cref="Input"/>, the rest at <see cref="SecondInput"/>, so that two
/// short rows fill a tile as well as one long row. All strides are in floats.
/// </remarks>
internal unsafe struct TileArguments
{
    /// <summary>Lane 0 of the first channel block, first tap, first pixel of the first run.</summary>
    public float* Input;

    /// <summary>The same of the second run.</summary>
    public float* SecondInput;

    /// <summary>[channel block][tap row][tap column][lane][vectors x lanes].</summary>
    public float* Weights;

    /// <summary>For each input channel a vector that says which lane gets which input; see <see cref="ShuffledInput{TLanes}"/>.</summary>
    public float* Selectors;

    /// <summary>What the sums start with: one or two vectors.</summary>
    public float* Bias;

    /// <summary>First pixel of the first run, first vector.</summary>
    public float* Output;

    /// <summary>First pixel of the second run.</summary>
    public float* SecondOutput;

    /// <summary>Like <see cref="Output"/>, in the residual; <see langword="null"/> for none.</summary>
    public float* Residual;

    /// <summary>Like <see cref="SecondOutput"/>, in the residual.</summary>
    public float* SecondResidual;

    /// <summary>From the first vector of output channels to the second.</summary>
    public nint OutputBlockStride;

    /// <summary>From the first vector of residual channels to the second.</summary>
    public nint ResidualBlockStride;

    /// <summary>From one block of input channels to the next.</summary>
    public nint InputBlockStride;

    /// <summary>From one output pixel's input to the next one's.</summary>
    public nint PixelStride;

    /// <summary>From one tap to the one below.</summary>
    public nint TapRowStride;

    /// <summary>From one tap to the one on its right.</summary>
    public nint TapColumnStride;

    /// <summary>Rows of taps.</summary>
    public int KernelHeight;

    /// <summary>Columns of taps.</summary>
    public int KernelWidth;

    /// <summary>The lane of the first input channel: not 0 only in the middle of a group.</summary>
    public int FirstLane;

    /// <summary>Channels of a block of the input.</summary>
    public int InputLanes;

    /// <summary>Input channels of every output channel: steps of each tap.</summary>
    public int Channels;

    /// <summary>Whether <see cref="Low"/> and <see cref="High"/> apply.</summary>
    public bool Clamps;

    /// <summary>
    /// Pixels of each run whose results' memory, and residual, are asked for with each block of input channels: all at once would take every buffer for lines
    /// on their way, and what is read meanwhile would wait. 0 where the results are in the cache.
    /// </summary>
    public int FetchedResults;

    /// <summary>Results below are raised to it.</summary>
    public float Low;

    /// <summary>Results above are lowered to it.</summary>
    public float High;

    /// <summary>From this tile's input to the next one's; 0 where that need not be fetched ahead.</summary>
    public nint NextInput;

    /// <summary>Memory that is soon needed, touched at an even pace while the tile is computed.</summary>
    public float* Prefetch;

    /// <summary>Floats by which <see cref="Prefetch"/> advances for every input channel of every tap.</summary>
    public nint PrefetchStep;
}
