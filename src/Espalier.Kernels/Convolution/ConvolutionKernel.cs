using System.Collections.Immutable;

namespace Espalier.Kernels;

/// <summary>A way to compute a convolution: an entry of the ordered, named table from which one is chosen, or forced.</summary>
public abstract class ConvolutionKernel
{
    /// <summary>Every kernel for every instruction set.</summary>
    public static ImmutableArray<ConvolutionKernel> All { get; } = [];

    /// <summary>Its name, such as <c>direct</c>, <c>winograd4</c> or <c>depthwise</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Whether it can compute <paramref name="problem"/> at all.</summary>
    public abstract bool Supports(in ConvolutionProblem problem);

    /// <summary>Lays out the weights.</summary>
    /// <param name="problem">What to compute.</param>
    /// <param name="weights">PyTorch's order: [output channels][input channels / groups][kernel height][kernel width].</param>
    /// <param name="bias">One number for each output channel, or empty for none.</param>
    public abstract PackedConvolution Pack(in ConvolutionProblem problem, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias);
}
