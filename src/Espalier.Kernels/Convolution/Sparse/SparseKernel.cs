namespace Espalier.Kernels;

/// <summary>Convolution that multiplies only by non-zero weights: any stride and dilation, one group, kernel sizes of up to a few hundred elements.</summary>
/// <remarks>
/// Zero weights (of either sign) are not multiplied: where PyTorch's dense sum gives NaN for 0·NaN and 0·∞, the output here does not depend on
/// that input at all. This is intended: a pruned weight means no connection, and for finite inputs the results are the same.
/// NaN and infinity propagate through every non-zero weight, and a NaN weight counts as non-zero. For weights in blocks
/// (<c>sparse4x1</c>), zeros in a block with other values are multiplied, as in a dense kernel.
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
