namespace Espalier.Kernels;

/// <summary>Direct convolution: any kernel, stride and dilation, with one group or groups that fill whole output vectors.</summary>
internal sealed class DirectKernel<TLanes>(InstructionSet instructionSet) : ConvolutionKernel where TLanes : unmanaged, ILanes<TLanes>
{
    public override string Name => "direct";

    public override InstructionSet InstructionSet => instructionSet;

    public override bool Supports(in ConvolutionProblem problem) =>
        IsRunnable(problem) && (problem.Groups == 1 || problem.GroupOutputChannels % TLanes.Count == 0);

    public override PackedConvolution Pack(in ConvolutionProblem problem, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias)
    {
        ProblemChecks.Require(problem, TLanes.Count, weights.Length, bias.Length);
        return new DirectConvolution<TLanes>(problem, DirectWeights.Pack(problem, weights, bias));
    }
}
