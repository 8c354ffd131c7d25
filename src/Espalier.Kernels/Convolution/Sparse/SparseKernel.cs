namespace Espalier.Kernels;

/// <summary>Convolution that multiplies only by the weights that are not zero: any stride and dilation, one group, kernels of up to a few hundred taps.</summary>
/// <remarks>
/// A weight of zero (of either sign) is not multiplied by: where PyTorch's dense sum makes NaN of 0·NaN and 0·∞, here the output does not depend on
/// that input at all. That is on purpose: a pruned weight means that there is no connection, and outputs with finite inputs are the same either way.
/// NaN and infinity spread through every weight that is not zero, and a weight that is NaN counts as such. Where weights are kept in blocks
/// (<c>sparse4x1</c>), a zero in a block that also has others is multiplied by, as a dense kernel does.
/// </remarks>
internal sealed unsafe class SparseKernel<TLanes, TRows>(InstructionSet instructionSet) : ConvolutionKernel
    where TLanes : unmanaged, ILanes<TLanes>
    where TRows : struct, ISparseRows<TLanes>
{
    public override string Name => TRows.Name;

    public override InstructionSet InstructionSet => instructionSet;

    public override bool Supports(in ConvolutionProblem problem) =>
        ReadsAndWrites(problem) && problem.Groups == 1 && new SparseGeometry(problem, TLanes.Count, 1).IsWithinReach;

    public override bool CanRepack => false;

    internal override double Cost(in ConvolutionProblem problem, WeightSparsity sparsity) =>
        sparsity.Zeros == 0 ? double.PositiveInfinity : Best(problem, TRows.Kept(sparsity)).Cost;

    public override PackedConvolution Pack(in ConvolutionProblem problem, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias)
    {
        ProblemChecks.Require(problem, TLanes.Count, weights.Length, bias.Length);
        (SparseGeometry geometry, _) = Best(problem, TRows.Kept(WeightSparsity.Of(weights, problem.Output.Channels)));
        return new SparseConvolution<TLanes, TRows>(
            problem, geometry, new SparsePacker(problem, geometry, weights, TRows.Height).Pack(), TiledPlan.PackBias(problem.Output, bias));
    }

    private static (SparseGeometry Geometry, double Cost) Best(in ConvolutionProblem problem, double kept)
    {
        (SparseGeometry? best, double bestCost) = (null, double.PositiveInfinity);
        for (int vectors = 1; vectors <= TRows.MaximumVectors; vectors++)
        {
            var geometry = new SparseGeometry(problem, TLanes.Count, vectors);
            double cost = SparseCost.MultiplyAdds(problem, geometry, kept, TRows.Height);
            if (best is null || (geometry.IsWithinReach && cost < bestCost))
            {
                (best, bestCost) = (geometry, cost);
            }
        }

        return (best!, bestCost);
    }
}
