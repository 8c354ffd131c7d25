using Espalier.Tensors;

namespace Espalier.Kernels;

/// <summary>Kernel size, stride, padding, dilation and groups of a convolution of <see cref="Reference"/>.</summary>
/// <param name="Kernel">Rows and columns of the kernel.</param>
internal readonly record struct Conv2dGeometry(Size Kernel)
{
    /// <summary>Input pixels from one output pixel to the next.</summary>
    public Size Stride { get; init; } = 1;

    /// <summary>Zero padding in pixels.</summary>
    public Padding Padding { get; init; }

    /// <summary>Input pixels from one kernel position to the next.</summary>
    public Size Dilation { get; init; } = 1;

    /// <summary>Number of groups: an output channel reads only the input channels of its own group.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>The shape of the output of a convolution with <paramref name="outputChannels"/> filters.</summary>
    public FeatureMap Output(FeatureMap input, int outputChannels) =>
        FeatureMap.Of(outputChannels, new Window(Kernel) { Stride = Stride, Padding = Padding, Dilation = Dilation }.Output(input.Size));
}
