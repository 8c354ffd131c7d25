namespace Espalier.Kernels;

/// <summary>Direct convolution: any kernel, stride and dilation, with one group or groups that fill whole output vectors.</summary>
/// <remarks>
/// It reads its input channel by channel, so the input's blocks need not be as wide as the output's: an image of 3 channels is best kept in
/// blocks of 4, which take a quarter of the memory of blocks of 16.
/// </remarks>
internal sealed class DirectKernel<TLanes>(InstructionSet instructionSet) : ConvolutionKernel where TLanes : unmanaged, ILanes<TLanes>
{
    public override string Name => "direct";

    public override InstructionSet InstructionSet => instructionSet;

    public override bool Supports(in ConvolutionProblem problem) =>
        Writes(problem) && (problem.Groups == 1 || problem.GroupOutputChannels % TLanes.Count == 0);

    internal override double Cost(in ConvolutionProblem problem) => problem.MultiplyAccumulates;

    public override PackedConvolution Pack(in ConvolutionProblem problem, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias)
    {
        ProblemChecks.Require(problem, TLanes.Count, weights.Length, bias.Length);
        return new DirectConvolution<TLanes>(problem, DirectWeights.Pack(problem, weights, bias));
    }
}
