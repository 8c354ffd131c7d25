using Espalier.Tensors;

namespace Espalier.Kernels;

/// <summary>Everything about a convolution but its numbers: what a kernel is chosen by and packed for.</summary>
/// <remarks>
/// The border of <see cref="Input"/> is at least as large as the convolution reads, and zero; the border of <see cref="Output"/> is
/// whatever its readers need, and is not written by the convolution. Output pixel (y, x) reads input rows
/// y·stride − padding + i·dilation, and so for columns.
/// </remarks>
public readonly record struct ConvolutionProblem
{
    /// <summary>The map that is read.</summary>
    public required BlockedLayout Input { get; init; }

    /// <summary>The map that is written; also the layout of the residual, if there is one, up to the border.</summary>
    public required BlockedLayout Output { get; init; }

    /// <summary>The layout of the residual that is added before the activation, or <see langword="null"/>.</summary>
    public BlockedLayout? Residual { get; init; }

    /// <summary>Rows and columns of the kernel.</summary>
    public required Size Kernel { get; init; }

    /// <summary>Input pixels from one output pixel to the next.</summary>
    public Size Stride { get; init; }

    /// <summary>Zeros around the map that are read. Only the numbers above and left of it matter: the output's size says how far the rest is read.</summary>
    public Padding Padding { get; init; }

    /// <summary>Input pixels from one tap to the next.</summary>
    public Size Dilation { get; init; }

    /// <summary>Groups: output channel o reads only the input channels of its own group.</summary>
    public int Groups { get; init; }

    /// <summary>What is applied last.</summary>
    public Activation Activation { get; init; }

    /// <summary>Images that a call usually has, for the choice of a kernel alone: packed weights are read once for all of them. 1 unless told.</summary>
    public int UsualBatch { get; init; }

    /// <summary>Makes a problem with strides, dilations and groups of 1.</summary>
    public ConvolutionProblem()
    {
        (Stride, Dilation, Groups, UsualBatch) = (1, 1, 1, 1);
    }

    /// <summary>Input channels of one group.</summary>
    public int GroupInputChannels => Input.Channels / Groups;

    /// <summary>Output channels of one group.</summary>
    public int GroupOutputChannels => Output.Channels / Groups;

    /// <summary>How the kernel slides.</summary>
    public Window Window => new(Kernel) { Stride = Stride, Padding = Padding, Dilation = Dilation };

    /// <summary>Multiply-accumulates for one image.</summary>
    public long MultiplyAccumulates =>
        (long)Output.Channels * Output.Height * Output.Width * GroupInputChannels * Kernel.Area;
}
