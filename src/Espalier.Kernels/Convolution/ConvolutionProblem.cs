namespace Espalier.Kernels;

/// <summary>Everything about a convolution but its numbers: what a kernel is chosen by and packed for.</summary>
/// <remarks>
/// The border of <see cref="Input"/> is at least as large as the convolution reads, and zero; the border of <see cref="Output"/> is
/// whatever its readers need, and is not written by the convolution. Output pixel (y, x) reads input rows
/// y·StrideHeight − PadTop + i·DilationHeight, and so for columns.
/// </remarks>
public readonly record struct ConvolutionProblem
{
    /// <summary>The map that is read.</summary>
    public required BlockedLayout Input { get; init; }

    /// <summary>The map that is written; also the layout of the residual, if there is one, up to the border.</summary>
    public required BlockedLayout Output { get; init; }

    /// <summary>The layout of the residual that is added before the activation, or <see langword="null"/>.</summary>
    public BlockedLayout? Residual { get; init; }

    /// <summary>Rows of the kernel.</summary>
    public required int KernelHeight { get; init; }

    /// <summary>Columns of the kernel.</summary>
    public required int KernelWidth { get; init; }

    /// <summary>Input rows from one output row to the next.</summary>
    public int StrideHeight { get; init; }

    /// <summary>Input columns from one output column to the next.</summary>
    public int StrideWidth { get; init; }

    /// <summary>Input rows from one tap to the next.</summary>
    public int DilationHeight { get; init; }

    /// <summary>Input columns from one tap to the next.</summary>
    public int DilationWidth { get; init; }

    /// <summary>Zero rows above the map that the first output row reads.</summary>
    public int PadTop { get; init; }

    /// <summary>Zero columns left of the map that the first output column reads.</summary>
    public int PadLeft { get; init; }

    /// <summary>Groups: output channel o reads only the input channels of its own group.</summary>
    public int Groups { get; init; }

    /// <summary>What is applied last.</summary>
    public Activation Activation { get; init; }

    /// <summary>Images that a call usually has, for the choice of a kernel alone: packed weights are read once for all of them. 1 unless told.</summary>
    public int UsualBatch { get; init; }

    /// <summary>Makes a problem with strides, dilations and groups of 1.</summary>
    public ConvolutionProblem()
    {
        (StrideHeight, StrideWidth, DilationHeight, DilationWidth, Groups, UsualBatch) = (1, 1, 1, 1, 1, 1);
    }

    /// <summary>Input channels of one group.</summary>
    public int GroupInputChannels => Input.Channels / Groups;

    /// <summary>Output channels of one group.</summary>
    public int GroupOutputChannels => Output.Channels / Groups;

    /// <summary>Multiply-accumulates for one image.</summary>
    public long MultiplyAccumulates =>
        (long)Output.Channels * Output.Height * Output.Width * GroupInputChannels * KernelHeight * KernelWidth;
}
