namespace Espalier.Kernels;

/// <summary>A convolution's shapes, layouts and attributes, without data: the basis on which a kernel is chosen and weights are packed.</summary>
/// <remarks>
/// The border of <see cref="Input"/> is zero and at least as large as the convolution reads; the border of <see cref="Output"/> is
/// as large as its readers need, and is not written by the convolution. Output pixel (y, x) reads input rows
/// y·StrideHeight − PadTop + i·DilationHeight, and likewise for columns.
/// </remarks>
public readonly record struct ConvolutionProblem
{
    /// <summary>Layout of the input.</summary>
    public required BlockedLayout Input { get; init; }

    /// <summary>Layout of the output.</summary>
    public required BlockedLayout Output { get; init; }

    /// <summary>The layout of the residual that is added before the activation, or <see langword="null"/>.</summary>
    public BlockedLayout? Residual { get; init; }

    /// <summary>Rows of the kernel.</summary>
    public required int KernelHeight { get; init; }

    /// <summary>Columns of the kernel.</summary>
    public required int KernelWidth { get; init; }

    /// <summary>Distance between neighbouring output rows, in input rows.</summary>
    public int StrideHeight { get; init; }

    /// <summary>Distance between neighbouring output columns, in input columns.</summary>
    public int StrideWidth { get; init; }

    /// <summary>Distance between neighbouring kernel rows, in input rows.</summary>
    public int DilationHeight { get; init; }

    /// <summary>Distance between neighbouring kernel columns, in input columns.</summary>
    public int DilationWidth { get; init; }

    /// <summary>Zero rows above the map that the first output row reads.</summary>
    public int PadTop { get; init; }

    /// <summary>Zero columns left of the map that the first output column reads.</summary>
    public int PadLeft { get; init; }

    /// <summary>Number of groups: output channel o reads only the input channels of its own group.</summary>
    public int Groups { get; init; }

    /// <summary>The activation, applied last.</summary>
    public Activation Activation { get; init; }

    /// <summary>Typical number of images per call, used only to choose a kernel: packed weights are read once for all of them. 1 by default.</summary>
    public int UsualBatch { get; init; }

    /// <summary>Creates a problem with strides, dilations and groups of 1.</summary>
    public ConvolutionProblem()
    {
        (StrideHeight, StrideWidth, DilationHeight, DilationWidth, Groups, UsualBatch) = (1, 1, 1, 1, 1, 1);
    }

    /// <summary>Input channels of one group.</summary>
    public int GroupInputChannels => Input.Channels / Groups;

    /// <summary>Output channels of one group.</summary>
    public int GroupOutputChannels => Output.Channels / Groups;

    /// <summary>MACs of one image.</summary>
    public long MultiplyAccumulates =>
        (long)Output.Channels * Output.Height * Output.Width * GroupInputChannels * KernelHeight * KernelWidth;
}
