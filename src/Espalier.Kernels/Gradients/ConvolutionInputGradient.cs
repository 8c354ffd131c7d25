using Espalier.Tensors;

namespace Espalier.Kernels;

/// <summary>The gradient of a convolution with respect to its input, with packed weights. Safe to share between threads.</summary>
/// <remarks>
/// With stride 1 it is a convolution of the output gradient with the weights rotated by 180° and input and output channels exchanged (Dumoulin and Visin
/// 2016, "A guide to convolution arithmetic", §4), computed by the same kernels as any other; with larger strides it is composed of several convolutions.
/// </remarks>
internal abstract class ConvolutionInputGradient
{
    private readonly int _weights;

    private protected ConvolutionInputGradient(int weights) => _weights = weights;

    /// <summary>Name of the kernel that computes it.</summary>
    public abstract string KernelName { get; }

    /// <summary>Bytes of the packed weights.</summary>
    public abstract long PackedBytes { get; }

    /// <summary>Floats of scratch memory that each concurrent part needs.</summary>
    public abstract int ScratchLength { get; }

    /// <summary>The zero border that the output gradient must have.</summary>
    /// <param name="forward">The forward convolution.</param>
    public static Padding RequiredBorder(in ConvolutionProblem forward) => InputGradientGeometry.RequiredBorder(forward);

    /// <summary>Rotates and packs the weights.</summary>
    /// <param name="forward">The forward convolution; its residual and activation are ignored.</param>
    /// <param name="outputGradient">Layout of the output's gradient: the output's size, with at least <see cref="RequiredBorder"/>.</param>
    /// <param name="inputGradient">Layout of the input's gradient: the input's size, with any border.</param>
    /// <param name="weights">Weights in PyTorch's order: [output channels][input channels / groups][kernel height][kernel width].</param>
    /// <param name="preferred">Kernels to prefer, by name: see <see cref="ConvolutionKernel.Choose"/>.</param>
    /// <exception cref="ArgumentException">The layouts or weights do not match each other.</exception>
    public static ConvolutionInputGradient Create(
        in ConvolutionProblem forward, BlockedLayout outputGradient, BlockedLayout inputGradient, ReadOnlySpan<float> weights, string? preferred = null)
    {
        ProblemChecks.RequireShape(forward);
        long expected = (long)forward.Output.Channels * forward.GroupInputChannels * forward.Kernel.Area;
        Expect.Length(weights.Length, expected, nameof(weights));
        Expect.That(outputGradient.HasSameMap(forward.Output), $"the gradient {outputGradient} is not of the output {forward.Output}");
        Expect.That(inputGradient.HasSameMap(forward.Input), $"the gradient {inputGradient} is not of the input {forward.Input}");
        Padding border = RequiredBorder(forward);
        Expect.That(Padding.Max(border, outputGradient.Border) == outputGradient.Border, $"the gradient {outputGradient} needs a border of {border}");
        if (forward is not { Stride: (1, 1) })
        {
            return new PhasedInputGradient(forward, outputGradient, inputGradient, weights, preferred);
        }

        InputGradientPhase phase = InputGradientGeometry.Phases(forward).Single();
        return new UnitStrideInputGradient(new RotatedConvolution(forward, phase, outputGradient, inputGradient, weights, preferred), weights.Length);
    }

    /// <summary>The largest number of parts that a batch can usefully be split into.</summary>
    public abstract int MaximumParts(int batch);

    /// <summary>Updates the packed weights in place; parts are independent of each other.</summary>
    /// <param name="weights">Weights in the order of <see cref="Create"/>.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
    /// <exception cref="ArgumentException">The number of weights is wrong.</exception>
    public void Repack(ReadOnlySpan<float> weights, int part, int parts)
    {
        Expect.Length(weights.Length, _weights, nameof(weights));
        RepackChecked(weights, part, parts);
    }

    /// <summary>Computes part <paramref name="part"/> of <paramref name="parts"/>. Results are bit-identical for any number of parts.</summary>
    public abstract void Run(in InputGradientOperands operands, int part, int parts);

    private protected abstract void RepackChecked(ReadOnlySpan<float> weights, int part, int parts);
}
