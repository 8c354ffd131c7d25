using Espalier.Tensors;

namespace Espalier.Kernels;

/// <summary>The gradient of a convolution with respect to its input: weights turned and packed, ready to run, safe to share between threads.</summary>
/// <remarks>
/// With stride 1 it is a convolution of the output gradient with the weights turned by 180° and inputs and outputs exchanged (Dumoulin and Visin
/// 2016, "A guide to convolution arithmetic", §4), through the same kernels as any other; with larger strides it falls into several of them.
/// </remarks>
public abstract class ConvolutionInputGradient
{
    private readonly int _weights;

    private protected ConvolutionInputGradient(int weights) => _weights = weights;

    /// <summary>The kernel that computes it.</summary>
    public abstract string KernelName { get; }

    /// <summary>Bytes of the packed weights.</summary>
    public abstract long PackedBytes { get; }

    /// <summary>Floats of scratch memory that each concurrent part needs.</summary>
    public abstract int ScratchLength { get; }

    /// <summary>The zeros that the output gradient must have around it.</summary>
    /// <param name="forward">The convolution as it runs forward.</param>
    public static Padding RequiredBorder(in ConvolutionProblem forward) => InputGradientGeometry.RequiredBorder(forward);

    /// <summary>Turns and packs the weights.</summary>
    /// <param name="forward">The convolution as it runs forward: its residual and activation are not looked at.</param>
    /// <param name="outputGradient">Where the gradient of the output lies: the output's map, with <see cref="RequiredBorder"/> or more.</param>
    /// <param name="inputGradient">Where the gradient of the input goes: the input's map, with any border.</param>
    /// <param name="weights">PyTorch's order: [output channels][input channels / groups][kernel height][kernel width].</param>
    /// <param name="preferred">Kernels to prefer, by name: see <see cref="ConvolutionKernel.Choose"/>.</param>
    /// <exception cref="ArgumentException">The layouts or weights don't fit each other.</exception>
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
        return new UnitStrideInputGradient(new TurnedConvolution(forward, phase, outputGradient, inputGradient, weights, preferred), weights.Length);
    }

    /// <summary>Into how many parts a batch may usefully be split.</summary>
    public abstract int MaximumParts(int batch);

    /// <summary>Refreshes the packed weights in place; parts are independent of each other.</summary>
    /// <param name="weights">As for <see cref="Create"/>.</param>
    /// <param name="part">Which part.</param>
    /// <param name="parts">Of how many.</param>
    /// <exception cref="ArgumentException">There are more or fewer weights than before.</exception>
    public void Repack(ReadOnlySpan<float> weights, int part, int parts)
    {
        Expect.Length(weights.Length, _weights, nameof(weights));
        RepackChecked(weights, part, parts);
    }

    /// <summary>Computes part <paramref name="part"/> of <paramref name="parts"/>. Every split gives the same bits.</summary>
    public abstract void Run(in InputGradientOperands operands, int part, int parts);

    private protected abstract void RepackChecked(ReadOnlySpan<float> weights, int part, int parts);
}
