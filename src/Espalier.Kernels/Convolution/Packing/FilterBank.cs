namespace Espalier.Kernels;

/// <summary>Weights in PyTorch's order, viewed as the filters of the convolution itself or, rotated by 180°, of its input gradient.</summary>
internal readonly unsafe ref struct FilterBank
{
    private readonly ReadOnlySpan<float> _weights;
    private readonly int _groupOutputs;
    private readonly int _groupStride;
    private readonly int _outputStride;

    private FilterBank(ReadOnlySpan<float> weights, ReadOnlySpan<int> taps, int groupOutputs, int groupStride, int outputStride, int inputStride)
    {
        _weights = weights;
        Taps = taps;
        (_groupOutputs, _groupStride, _outputStride, InputStride) = (groupOutputs, groupStride, outputStride, inputStride);
    }

    /// <summary>All weights, in PyTorch's order.</summary>
    internal ReadOnlySpan<float> Weights => _weights;

    /// <summary>The offset of each kernel position.</summary>
    internal ReadOnlySpan<int> Taps { get; }

    /// <summary>Distance between input channels of a group.</summary>
    internal int InputStride { get; }

    /// <summary>The offset of an output channel's first input channel.</summary>
    internal int First(int output) => (output / _groupOutputs * _groupStride) + (output % _groupOutputs * _outputStride);

    /// <summary>As they are.</summary>
    /// <param name="problem">The convolution they belong to.</param>
    /// <param name="weights">[output channels][input channels / groups][kernel positions].</param>
    /// <param name="taps">0, 1, 2, … for each kernel position.</param>
    internal static FilterBank Plain(in ConvolutionProblem problem, ReadOnlySpan<float> weights, ReadOnlySpan<int> taps)
    {
        int filter = problem.GroupInputChannels * taps.Length;
        return new FilterBank(weights, taps, problem.GroupOutputChannels, problem.GroupOutputChannels * filter, filter, taps.Length);
    }

    /// <summary>With inputs and outputs exchanged.</summary>
    /// <param name="forward">The convolution they belong to.</param>
    /// <param name="weights">[output channels][input channels / groups][kernel positions].</param>
    /// <param name="taps">For each position of the rotated kernel, the position in the forward kernel.</param>
    internal static FilterBank Turned(in ConvolutionProblem forward, ReadOnlySpan<float> weights, ReadOnlySpan<int> taps)
    {
        int forwardTaps = forward.Kernel.Area;
        int filter = forward.GroupInputChannels * forwardTaps;
        return new FilterBank(weights, taps, forward.GroupInputChannels, forward.GroupOutputChannels * filter, forwardTaps, filter);
    }

    /// <summary>The weights in PyTorch's order for the convolution that they are viewed as.</summary>
    internal float[] ToArray(int outputs, int groupInputs)
    {
        var plain = new float[outputs * groupInputs * Taps.Length];
        int at = 0;
        for (int output = 0; output < outputs; output++)
        {
            for (int input = 0; input < groupInputs; input++)
            {
                foreach (int tap in Taps)
                {
                    plain[at++] = _weights[First(output) + (input * InputStride) + tap];
                }
            }
        }

        return plain;
    }
}
