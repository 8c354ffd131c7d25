namespace Espalier.Kernels;

/// <summary>Depthwise convolution: as many groups as input and output channels, so that each vector lane is one channel throughout.</summary>
internal sealed unsafe class DepthwiseKernel<TLanes>(InstructionSet instructionSet) : ConvolutionKernel where TLanes : unmanaged, ILanes<TLanes>
{
    public override string Name => "depthwise";

    public override InstructionSet InstructionSet => instructionSet;

    public override bool Supports(in ConvolutionProblem problem) =>
        ReadsAndWrites(problem) && problem.Groups == problem.Input.Channels && problem.Groups == problem.Output.Channels;

    internal override double Cost(in ConvolutionProblem problem, WeightSparsity sparsity) => problem.MultiplyAccumulates;

    public override PackedConvolution Pack(in ConvolutionProblem problem, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias)
    {
        ProblemChecks.Require(problem, TLanes.Count, weights.Length, bias.Length);
        int positions = problem.Kernel.Area;
        OutputPanel[] panels =
        [
            .. Enumerable.Range(0, problem.Output.Blocks).Select(block => new OutputPanel
            {
                Block = block, FirstChannel = block * TLanes.Count, Steps = 1, Weights = block * positions * TLanes.Count,
            }),
        ];
        var packer = new TiledPacker(problem, panels, (long)problem.Output.PaddedChannels * positions);
        packer.Pack(weights, bias, 0, 1);
        return DepthwiseConvolution<TLanes>.Fits(problem)
            ? new DepthwiseConvolution<TLanes>(problem, Name, packer) { Packer = packer }
            : new TiledConvolution<TLanes>(problem, new TiledPlan
            {
                KernelName = Name,
                Panels = panels,
                Weights = packer.Weights,
                Bias = packer.Bias,
                OneVector = TileTable<TLanes, VectorInput<TLanes>>.One,
            })
            { Packer = packer };
    }
}
