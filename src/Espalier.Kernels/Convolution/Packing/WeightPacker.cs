using Espalier.Tensors;

namespace Espalier.Kernels;

/// <summary>Packed weights and biases with the code that packs them, so that they can be updated in place.</summary>
/// <param name="problem">The convolution.</param>
/// <param name="length">Floats of the packed weights.</param>
internal abstract class WeightPacker(ConvolutionProblem problem, long length)
{
    private readonly int[] _taps = [.. Enumerable.Range(0, problem.Kernel.Area)];
    private readonly Memory<float> _bias = TiledPlan.PackBias(problem.Output, []);

    /// <summary>The convolution that the weights belong to.</summary>
    private protected ConvolutionProblem Problem { get; } = problem;

    /// <summary>The packed weights; lanes without a channel stay zero.</summary>
    internal Memory<float> Weights { get; } = AlignedMemory.Allocate<float>(length);

    /// <summary>One value for each output channel, padded with zeros to whole vectors.</summary>
    internal ReadOnlyMemory<float> Bias => _bias;

    /// <summary>Packs weights in PyTorch's order.</summary>
    internal void Pack(ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, int part, int parts) =>
        Pack(FilterBank.Plain(Problem, weights, _taps), bias, part, parts);

    /// <summary>Packs part <paramref name="part"/> of <paramref name="parts"/>: some of the panels.</summary>
    internal void Pack(in FilterBank filters, ReadOnlySpan<float> bias, int part, int parts)
    {
        (int first, int end) = WorkSplit.Range(Panels, part, parts);
        for (int panel = first; panel < end; panel++)
        {
            PackPanel(filters, panel);
        }

        if (part == 0)
        {
            bias.CopyTo(_bias.Span);
        }
    }

    /// <summary>Pieces that can be packed independently.</summary>
    private protected abstract int Panels { get; }

    private protected abstract void PackPanel(in FilterBank filters, int index);
}
