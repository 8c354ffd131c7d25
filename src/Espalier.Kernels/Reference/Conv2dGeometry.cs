namespace Espalier.Kernels;

/// <summary>Kernel size, stride, padding, dilation and groups of a convolution of <see cref="Reference"/>.</summary>
/// <param name="KernelHeight">Rows of the kernel.</param>
/// <param name="KernelWidth">Columns of the kernel.</param>
public readonly record struct Conv2dGeometry(int KernelHeight, int KernelWidth)
{
    /// <summary>Distance between neighbouring output rows, in input rows.</summary>
    public int StrideHeight { get; init; } = 1;

    /// <summary>Distance between neighbouring output columns, in input columns.</summary>
    public int StrideWidth { get; init; } = 1;

    /// <summary>Zero padding in pixels.</summary>
    public Border Padding { get; init; }

    /// <summary>Distance between neighbouring kernel rows, in input rows.</summary>
    public int DilationHeight { get; init; } = 1;

    /// <summary>Distance between neighbouring kernel columns, in input columns.</summary>
    public int DilationWidth { get; init; } = 1;

    /// <summary>Number of groups: an output channel reads only the input channels of its own group.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>The shape of the output of a convolution with <paramref name="outputChannels"/> filters.</summary>
    public ImageShape Output(ImageShape input, int outputChannels) => new(
        outputChannels,
        Extent(input.Height + Padding.Top + Padding.Bottom, KernelHeight, DilationHeight, StrideHeight),
        Extent(input.Width + Padding.Left + Padding.Right, KernelWidth, DilationWidth, StrideWidth));

    private static int Extent(int padded, int kernel, int dilation, int stride)
    {
        int reach = ((kernel - 1) * dilation) + 1;
        return padded < reach ? 0 : ((padded - reach) / stride) + 1;
    }
}
