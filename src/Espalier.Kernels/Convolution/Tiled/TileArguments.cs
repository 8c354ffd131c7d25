namespace Espalier.Kernels;

/// <summary>Pointers and strides of one register tile: up to 14 output pixels by one or two vectors of output channels.</summary>
/// <remarks>
/// The pixels are two runs: the first half of the tile starts at <see cref="Input"/>, the rest at <see cref="SecondInput"/>, so that two
/// short rows fill a tile as well as one long row. All strides are in floats.
/// </remarks>
internal unsafe struct TileArguments
{
    /// <summary>Lane 0 of the first channel block, first kernel position, first pixel of the first run.</summary>
    public float* Input;

    /// <summary>The same for the second run.</summary>
    public float* SecondInput;

    /// <summary>Weights: [channel block][kernel row][kernel column][lane][vectors x lanes].</summary>
    public float* Weights;

    /// <summary>For each input channel, a vector of the input lane for each output lane; see <see cref="ShuffledInput{TLanes}"/>.</summary>
    public float* Selectors;

    /// <summary>Initial values of the sums (biases): one or two vectors.</summary>
    public float* Bias;

    /// <summary>First pixel of the first run, first vector.</summary>
    public float* Output;

    /// <summary>First pixel of the second run.</summary>
    public float* SecondOutput;

    /// <summary>Like <see cref="Output"/>, in the residual; <see langword="null"/> for none.</summary>
    public float* Residual;

    /// <summary>Like <see cref="SecondOutput"/>, in the residual.</summary>
    public float* SecondResidual;

    /// <summary>Distance between the vectors of output channels.</summary>
    public nint OutputBlockStride;

    /// <summary>Distance between the vectors of residual channels.</summary>
    public nint ResidualBlockStride;

    /// <summary>Distance between blocks of input channels.</summary>
    public nint InputBlockStride;

    /// <summary>From one output pixel's input to the next one's.</summary>
    public nint PixelStride;

    /// <summary>Distance between kernel rows.</summary>
    public nint TapRowStride;

    /// <summary>Distance between kernel columns.</summary>
    public nint TapColumnStride;

    /// <summary>Number of kernel rows.</summary>
    public int KernelHeight;

    /// <summary>Number of kernel columns.</summary>
    public int KernelWidth;

    /// <summary>The lane of the first input channel: not 0 only if a group begins within a block.</summary>
    public int FirstLane;

    /// <summary>Channels per input block.</summary>
    public int InputLanes;

    /// <summary>Number of input channels per output channel: steps per kernel position.</summary>
    public int Channels;

    /// <summary>Whether <see cref="Low"/> and <see cref="High"/> apply.</summary>
    public bool Clamps;

    /// <summary>
    /// Number of pixels of each run whose output and residual are prefetched with each block of input channels: all at once would occupy all line fill buffers
    /// and delay other loads. 0 if the output is in the cache.
    /// </summary>
    public int FetchedResults;

    /// <summary>Results below are raised to it.</summary>
    public float Low;

    /// <summary>Results above are lowered to it.</summary>
    public float High;

    /// <summary>Distance from this tile's input to that of the next one; 0 for no prefetching.</summary>
    public nint NextInput;

    /// <summary>Memory that is soon needed, touched at an even pace while the tile is computed.</summary>
    public float* Prefetch;

    /// <summary>Floats by which <see cref="Prefetch"/> advances per input channel and kernel position.</summary>
    public nint PrefetchStep;
}
