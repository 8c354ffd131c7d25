using Espalier.Tensors;

namespace Espalier.Kernels;

/// <summary>A convolution's shapes, layouts and attributes, without data: the basis on which a kernel is chosen and weights are packed.</summary>
/// <remarks>
/// The border of <see cref="Input"/> is zero and at least as large as the convolution reads; the border of <see cref="Output"/> is
/// as large as its readers need, and is not written by the convolution. Output pixel (y, x) reads input rows
/// y·stride − padding + i·dilation, and so for columns.
/// </remarks>
internal readonly record struct ConvolutionProblem
{
    /// <summary>Layout of the input.</summary>
    public required BlockedLayout Input { get; init; }

    /// <summary>Layout of the output.</summary>
    public required BlockedLayout Output { get; init; }

    /// <summary>The layout of the residual that is added before the activation, or <see langword="null"/>.</summary>
    public BlockedLayout? Residual { get; init; }

    /// <summary>Rows and columns of the kernel.</summary>
    public required Size Kernel { get; init; }

    /// <summary>Input pixels from one output pixel to the next.</summary>
    public Size Stride { get; init; }

    /// <summary>Zeros around the map that are read. Only the numbers above and left of it matter: the output's size says how far the rest is read.</summary>
    public Padding Padding { get; init; }

    /// <summary>Input pixels from one kernel position to the next.</summary>
    public Size Dilation { get; init; }

    /// <summary>Number of groups: output channel o reads only the input channels of its own group.</summary>
    public int Groups { get; init; }

    /// <summary>The activation, applied last.</summary>
    public Activation Activation { get; init; }

    /// <summary>Typical number of images per call, used only to choose a kernel: packed weights are read once for all of them. 1 by default.</summary>
    public int UsualBatch { get; init; }

    /// <summary>Creates a problem with strides, dilations and groups of 1.</summary>
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

    /// <summary>MACs of one image.</summary>
    public long MultiplyAccumulates =>
        (long)Output.Channels * Output.Height * Output.Width * GroupInputChannels * Kernel.Area;
}
