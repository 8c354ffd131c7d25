namespace Espalier.Kernels;

/// <summary>Convolution that multiplies only by the weights that are not zero, wherever they are: any kernel, stride and dilation, one group.</summary>
/// <remarks>
/// A weight of zero (of either sign) is not multiplied by: where PyTorch's dense sum makes NaN of 0·NaN and 0·∞, here the output does not depend on
/// that input at all. That is on purpose: a pruned weight means that there is no connection, and outputs with finite inputs are the same either way.
/// NaN and infinity spread through every weight that is not zero, and a weight that is NaN counts as such.
/// </remarks>
internal sealed class SparseKernel<TLanes>(InstructionSet instructionSet) : ConvolutionKernel where TLanes : unmanaged, ILanes<TLanes>
{
    // Both in multiply-adds at full speed, set by hand on a Zen 5 core from the ratios that `Espalier.Bench sparse resnet50` gave beside the dense
    // kernels at 50 and 90% zeros. They keep the kernel out where it lost; they are no model of where its time goes.
    private const double ProductCost = 4.5;
    private const double TurnCost = 30; // one number from one layout to the other

    public override string Name => "sparse";

    public override InstructionSet InstructionSet => instructionSet;

    public override bool Supports(in ConvolutionProblem problem) => ReadsAndWrites(problem) && problem.Groups == 1;

    internal override double Cost(in ConvolutionProblem problem, WeightSparsity sparsity)
    {
        var geometry = new SparseGeometry(problem, TLanes.Count);
        double weights = (1 - sparsity.Zeros) * problem.Output.Channels * problem.Input.Channels * problem.KernelHeight * problem.KernelWidth;
        double squares = (double)geometry.Groups(1) * TLanes.Count; // lanes of all groups
        double products = squares * geometry.Vectors * weights * ProductCost;
        double turned = squares * ((geometry.GatheredLength / TLanes.Count) + ((double)geometry.Vectors * problem.Output.PaddedChannels));
        return Math.Max(products, 2 * WeightCost * weights) + (turned * TurnCost); // a nonzero is twice as large as a weight
    }

    public override PackedConvolution Pack(in ConvolutionProblem problem, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias)
    {
        ProblemChecks.Require(problem, TLanes.Count, weights.Length, bias.Length);
        var geometry = new SparseGeometry(problem, TLanes.Count);
        int taps = problem.KernelHeight * problem.KernelWidth;
        int weightsOfChannel = problem.Input.Channels * taps;
        var offsets = new int[weightsOfChannel];
        for (int i = 0; i < weightsOfChannel; i++)
        {
            offsets[i] = geometry.Offset(i / taps, i % taps / problem.KernelWidth, i % problem.KernelWidth);
        }

        var nonzeros = new Nonzero[weights.Length - weights.Count(0f)];
        var starts = new int[problem.Output.PaddedChannels + 1];
        int count = 0;
        for (int channel = 0; channel < problem.Output.Channels; channel++)
        {
            starts[channel] = count;
            ReadOnlySpan<float> row = weights.Slice(channel * weightsOfChannel, weightsOfChannel);
            for (int i = 0; i < row.Length; i++)
            {
                if (row[i] != 0)
                {
                    nonzeros[count++] = new Nonzero(row[i], offsets[i]);
                }
            }
        }

        starts.AsSpan(problem.Output.Channels).Fill(count);
        return new SparseConvolution<TLanes>(problem, Name, geometry, nonzeros, starts, TiledPlan.PackBias(problem.Output, bias));
    }
}
