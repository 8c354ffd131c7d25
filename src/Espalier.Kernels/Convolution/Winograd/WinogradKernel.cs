namespace Espalier.Kernels;

/// <summary>Winograd's minimal filtering for 3x3 convolutions with stride and dilation 1 and one group.</summary>
/// <remarks>
/// Sums consist of products of transformed values, so rounding errors are a few times those of direct summation, and a NaN or infinity in the
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
        && problem is { Kernel: (3, 3), Stride: (1, 1), Dilation: (1, 1), Groups: 1 };

    // Cost of transforming one float of input and output, in multiply-adds at full speed: 200 and 280 cycles for the 36 values of 16 channels, 32 products a cycle.
    private const double InputTransform = 12;
    private const double OutputTransform = 16;

    // The products of one frequency are many small matrices: starting and storing a register tile takes as long as this many of its steps.
    private const double TileSteps = 6;

    internal override double Cost(in ConvolutionProblem problem, WeightSparsity sparsity)
    {
        var geometry = new WinogradGeometry(problem, TTransform.Outputs);
        double numbers = (double)geometry.Tiles * geometry.Frequencies;
        double outputs = problem.Output.Blocks * TLanes.Count;
        double products = numbers * (problem.Input.Channels + TileSteps) * outputs;
        double weights = (double)geometry.Frequencies * problem.Input.Channels * outputs;
        return Math.Max(products, weights * WeightCost / problem.UsualBatch)
            + (numbers * ((problem.Input.Blocks * TLanes.Count * InputTransform) + (outputs * OutputTransform)));
    }

    public override PackedConvolution Pack(in ConvolutionProblem problem, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias)
    {
        ProblemChecks.Require(problem, TLanes.Count, weights.Length, bias.Length);
        var packer = new WinogradPacker(problem, TTransform.FilterMatrix.ToArray());
        packer.Pack(weights, bias, 0, 1);
        return new WinogradConvolution<TLanes, TTransform>(problem, Name, packer.Weights, packer.Bias) { Packer = packer };
    }
}
