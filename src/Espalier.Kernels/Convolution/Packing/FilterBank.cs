namespace Espalier.Kernels;

/// <summary>Weights in PyTorch's order, viewed as the filters of the convolution itself or, rotated by 180°, of its input gradient.</summary>
internal readonly unsafe ref struct FilterBank
{
    private readonly ReadOnlySpan<float> _weights;
    private readonly int _groupOutputs;
    private readonly int _groupStride;
    private readonly int _outputStride;

    private FilterBank(ReadOnlySpan<float> weights, ReadOnlySpan<int> positions, int groupOutputs, int groupStride, int outputStride, int inputStride)
    {
        _weights = weights;
        Positions = positions;
        (_groupOutputs, _groupStride, _outputStride, InputStride) = (groupOutputs, groupStride, outputStride, inputStride);
    }

    /// <summary>All weights, in PyTorch's order.</summary>
    internal ReadOnlySpan<float> Weights => _weights;

    /// <summary>The offset of each kernel position.</summary>
    internal ReadOnlySpan<int> Positions { get; }

    /// <summary>Distance between input channels of a group.</summary>
    internal int InputStride { get; }

    /// <summary>The offset of an output channel's first input channel.</summary>
    internal int First(int output) => (output / _groupOutputs * _groupStride) + (output % _groupOutputs * _outputStride);

    /// <summary>As they are.</summary>
    /// <param name="problem">The convolution they belong to.</param>
    /// <param name="weights">[output channels][input channels / groups][kernel positions].</param>
    /// <param name="positions">0, 1, 2, … for each kernel position.</param>
    internal static FilterBank Plain(in ConvolutionProblem problem, ReadOnlySpan<float> weights, ReadOnlySpan<int> positions)
    {
        int filter = problem.GroupInputChannels * positions.Length;
        return new FilterBank(weights, positions, problem.GroupOutputChannels, problem.GroupOutputChannels * filter, filter, positions.Length);
    }

    /// <summary>With inputs and outputs exchanged.</summary>
    /// <param name="forward">The convolution they belong to.</param>
    /// <param name="weights">[output channels][input channels / groups][kernel positions].</param>
    /// <param name="positions">For each position of the rotated kernel, the position in the forward kernel.</param>
    internal static FilterBank Turned(in ConvolutionProblem forward, ReadOnlySpan<float> weights, ReadOnlySpan<int> positions)
    {
        int forwardPositions = forward.Kernel.Area;
        int filter = forward.GroupInputChannels * forwardPositions;
        return new FilterBank(weights, positions, forward.GroupInputChannels, forward.GroupOutputChannels * filter, forwardPositions, filter);
    }

    /// <summary>The weights in PyTorch's order for the convolution that they are viewed as.</summary>
    internal float[] ToArray(int outputs, int groupInputs)
    {
        var plain = new float[outputs * groupInputs * Positions.Length];
        int at = 0;
        for (int output = 0; output < outputs; output++)
        {
            for (int input = 0; input < groupInputs; input++)
            {
                foreach (int position in Positions)
                {
                    plain[at++] = _weights[First(output) + (input * InputStride) + position];
                }
            }
        }

        return plain;
    }
}
