namespace Espalier.Kernels;

/// <summary>Direct convolution: any kernel size, stride and dilation, with one group or groups that fill whole output vectors.</summary>
/// <remarks>
/// Input is read channel by channel, so the input's blocks may be narrower than the output's: an image of 3 channels is best stored in
/// blocks of 4, which need a quarter of the memory of blocks of 16. Only existing input channels are multiplied: a stem with 3 channels
/// takes 3 steps per kernel position, not those of a whole block.
/// </remarks>
internal sealed unsafe class DirectKernel<TLanes>(InstructionSet instructionSet) : ConvolutionKernel where TLanes : unmanaged, ILanes<TLanes>
{
    public override string Name => "direct";

    public override InstructionSet InstructionSet => instructionSet;

    public override bool Supports(in ConvolutionProblem problem) =>
        Writes(problem) && (problem.Groups == 1 || problem.GroupOutputChannels % TLanes.Count == 0);

    internal override double Cost(in ConvolutionProblem problem, WeightSparsity sparsity) =>
        Math.Max(problem.MultiplyAccumulates, WeightCost / problem.UsualBatch * problem.Output.Channels * problem.GroupInputChannels * problem.Kernel.Area);

    public override PackedConvolution Pack(in ConvolutionProblem problem, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias)
    {
        ProblemChecks.Require(problem, TLanes.Count, weights.Length, bias.Length);
        OutputPanel[] panels = Panels(problem);
        long steps = (long)problem.GroupInputChannels * problem.Kernel.Area;
        var packer = new TiledPacker(problem, panels, problem.Output.PaddedChannels * steps);
        packer.Pack(weights, bias, 0, 1);
        return new TiledConvolution<TLanes>(problem, new TiledPlan
        {
            KernelName = Name,
            Panels = panels,
            Weights = packer.Weights,
            Bias = packer.Bias,
            OneVector = RowTable<TLanes, BroadcastInput<TLanes>>.For(problem),
            TwoVectors = TileTable<TLanes, BroadcastInput<TLanes>>.Two,
        })
        { Packer = packer };
    }

    private static OutputPanel[] Panels(in ConvolutionProblem problem)
    {
        int blocksOfGroup = (problem.GroupOutputChannels + TLanes.Count - 1) / TLanes.Count;
        int floatsOfBlock = problem.GroupInputChannels * problem.Kernel.Area * TLanes.Count;
        var panels = new List<OutputPanel>();
        for (int group = 0; group < problem.Groups; group++)
        {
            int start = group * blocksOfGroup;
            int end = start + blocksOfGroup;
            for (int block = start; block < end; block += 2)
            {
                panels.Add(new OutputPanel
                {
                    Block = block,
                    Vectors = Math.Min(2, end - block),
                    FirstChannel = group * problem.GroupInputChannels,
                    Steps = problem.GroupInputChannels,
                    Weights = checked(block * floatsOfBlock),
                    SharesInput = block > start,
                });
            }
        }

        return [.. panels];
    }
}
