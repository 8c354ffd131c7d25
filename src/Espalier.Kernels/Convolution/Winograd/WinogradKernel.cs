namespace Espalier.Kernels;

/// <summary>Winograd's minimal filtering for 3x3 convolutions with stride and dilation 1 and one group.</summary>
/// <remarks>
/// Sums are formed of products of transformed numbers, so that errors are a few times those of the direct sum, and a NaN or infinity in the
/// input makes all pixels of the tiles that read it NaN, not only its neighbours.
/// </remarks>
internal sealed class WinogradKernel<TLanes, TTransform>(InstructionSet instructionSet) : ConvolutionKernel
    where TLanes : unmanaged, ILanes<TLanes>
    where TTransform : struct, IWinogradTransform<TLanes>
{
    public override string Name => TTransform.Outputs == 4 ? "winograd4" : "winograd2";

    public override InstructionSet InstructionSet => instructionSet;

    public override bool Supports(in ConvolutionProblem problem) =>
        ReadsAndWrites(problem)
        && problem is { KernelHeight: 3, KernelWidth: 3, StrideHeight: 1, StrideWidth: 1, DilationHeight: 1, DilationWidth: 1, Groups: 1 };

    internal override double Cost(in ConvolutionProblem problem) => double.PositiveInfinity;

    public override PackedConvolution Pack(in ConvolutionProblem problem, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias)
    {
        ProblemChecks.Require(problem, TLanes.Count, weights.Length, bias.Length);
        return new WinogradConvolution<TLanes, TTransform>(
            problem, Name, WinogradWeights.Pack(problem, TTransform.FilterMatrix, weights), TiledPlan.PackBias(problem.Output, bias));
    }
}
