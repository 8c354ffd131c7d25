using System.Collections.Immutable;

namespace Espalier.Kernels;

/// <summary>A way to compute a convolution: an entry of the ordered, named table from which one is chosen, or forced.</summary>
public abstract class ConvolutionKernel
{
    /// <summary>Every kernel for every instruction set.</summary>
    public static ImmutableArray<ConvolutionKernel> All { get; } =
    [
        .. KernelsOf<Lanes512>(InstructionSet.Avx512),
        .. KernelsOf<Lanes256>(InstructionSet.Avx2),
        .. KernelsOf<Lanes128>(InstructionSet.Vector128Bit),
    ];

    /// <summary>Its name, such as <c>direct</c>, <c>winograd4</c> or <c>depthwise</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The vectors that it computes with.</summary>
    public abstract InstructionSet InstructionSet { get; }

    /// <summary>Whether it can compute <paramref name="problem"/> at all, on this machine.</summary>
    public abstract bool Supports(in ConvolutionProblem problem);

    /// <summary>Lays out the weights.</summary>
    /// <param name="problem">What to compute.</param>
    /// <param name="weights">PyTorch's order: [output channels][input channels / groups][kernel height][kernel width].</param>
    /// <param name="bias">One number for each output channel, or empty for none.</param>
    /// <exception cref="ArgumentException">The layouts, weights or biases don't fit each other.</exception>
    public abstract PackedConvolution Pack(in ConvolutionProblem problem, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias);

    /// <summary>Whether this machine has the vectors, and the problem's blocks are as wide as they.</summary>
    private protected bool IsRunnable(in ConvolutionProblem problem) =>
        InstructionSet.IsSupported && problem.Input.Lanes == InstructionSet.Lanes && problem.Output.Lanes == InstructionSet.Lanes;

    private static ConvolutionKernel[] KernelsOf<TLanes>(InstructionSet set) where TLanes : unmanaged, ILanes<TLanes> =>
    [
        new DirectKernel<TLanes>(set),
    ];
}
