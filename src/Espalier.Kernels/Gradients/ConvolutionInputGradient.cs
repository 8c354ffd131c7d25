namespace Espalier.Kernels;

/// <summary>The gradient of a convolution with respect to its input: weights turned and packed, ready to run, safe to share between threads.</summary>
public abstract class ConvolutionInputGradient
{
    /// <summary>The kernel that computes it.</summary>
    public abstract string KernelName { get; }

    /// <summary>Bytes of the packed weights.</summary>
    public abstract long PackedBytes { get; }

    /// <summary>Floats of scratch memory that each concurrent part needs.</summary>
    public abstract int ScratchLength { get; }

    /// <summary>The zeros that the output gradient must have around it.</summary>
    /// <param name="forward">The convolution as it runs forward.</param>
    public static Border RequiredBorder(in ConvolutionProblem forward) => InputGradientGeometry.RequiredBorder(forward);

    /// <summary>Turns and packs the weights.</summary>
    /// <param name="forward">The convolution as it runs forward: its residual and activation are not looked at.</param>
    /// <param name="outputGradient">Where the gradient of the output lies: the output's map, with <see cref="RequiredBorder"/> or more.</param>
    /// <param name="inputGradient">Where the gradient of the input goes: the input's map, with any border.</param>
    /// <param name="weights">PyTorch's order: [output channels][input channels / groups][kernel height][kernel width].</param>
    /// <param name="preferred">Kernels to prefer, by name: see <see cref="ConvolutionKernel.Choose"/>.</param>
    /// <exception cref="ArgumentException">The layouts or weights don't fit each other.</exception>
    public static ConvolutionInputGradient Create(
        in ConvolutionProblem forward, BlockedLayout outputGradient, BlockedLayout inputGradient, ReadOnlySpan<float> weights, string? preferred = null) =>
        throw new NotImplementedException();

    /// <summary>Into how many parts a batch may usefully be split.</summary>
    public abstract int MaximumParts(int batch);

    /// <summary>Refreshes the packed weights in place; parts are independent of each other.</summary>
    /// <param name="weights">As for <see cref="Create"/>.</param>
    /// <param name="part">Which part.</param>
    /// <param name="parts">Of how many.</param>
    public abstract void Repack(ReadOnlySpan<float> weights, int part, int parts);

    /// <summary>Computes part <paramref name="part"/> of <paramref name="parts"/>. Every split gives the same bits.</summary>
    public abstract void Run(in InputGradientOperands operands, int part, int parts);
}
