using Espalier.Tensors;

namespace Espalier.Kernels;

/// <summary>Direct convolution: any kernel, stride and dilation, with one group or groups that fill whole output vectors.</summary>
/// <remarks>
/// It reads its input channel by channel, so the input's blocks need not be as wide as the output's: an image of 3 channels is best kept in
/// blocks of 4, which take a quarter of the memory of blocks of 16. Only input channels that exist are multiplied: a stem with 3 channels
/// costs 3 steps for each tap, not a whole block's.
/// </remarks>
internal sealed unsafe class DirectKernel<TLanes>(InstructionSet instructionSet) : ConvolutionKernel where TLanes : unmanaged, ILanes<TLanes>
{
    public override string Name => "direct";

    public override InstructionSet InstructionSet => instructionSet;

    public override bool Supports(in ConvolutionProblem problem) =>
        Writes(problem) && (problem.Groups == 1 || problem.GroupOutputChannels % TLanes.Count == 0);

    internal override double Cost(in ConvolutionProblem problem, WeightSparsity sparsity) =>
        Math.Max(problem.MultiplyAccumulates, WeightCost * problem.Output.Channels * problem.GroupInputChannels * problem.KernelHeight * problem.KernelWidth);

    public override PackedConvolution Pack(in ConvolutionProblem problem, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias)
    {
        ProblemChecks.Require(problem, TLanes.Count, weights.Length, bias.Length);
        OutputPanel[] panels = Panels(problem);
        int steps = problem.GroupInputChannels * problem.KernelHeight * problem.KernelWidth;
        Memory<float> packed = AlignedMemory.Allocate<float>((long)problem.Output.Blocks * TLanes.Count * steps);
        foreach (OutputPanel panel in panels)
        {
            PackPanel(problem, panel, weights, packed.Span.Slice(panel.Weights, panel.Vectors * TLanes.Count * steps));
        }

        return new TiledConvolution<TLanes>(problem, new TiledPlan
        {
            KernelName = Name,
            Panels = panels,
            Weights = packed,
            Bias = TiledPlan.PackBias(problem.Output, bias),
            OneVector = TileTable<TLanes, BroadcastInput<TLanes>>.One,
            TwoVectors = TileTable<TLanes, BroadcastInput<TLanes>>.Two,
        });
    }

    private static OutputPanel[] Panels(in ConvolutionProblem problem)
    {
        int blocksOfGroup = (problem.GroupOutputChannels + TLanes.Count - 1) / TLanes.Count;
        int floatsOfBlock = problem.GroupInputChannels * problem.KernelHeight * problem.KernelWidth * TLanes.Count;
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

    private static void PackPanel(in ConvolutionProblem problem, in OutputPanel panel, ReadOnlySpan<float> weights, Span<float> packed)
    {
        int outputs = panel.Vectors * TLanes.Count;
        int firstOutput = panel.Block * TLanes.Count;
        int realOutputs = Math.Min(outputs, problem.Output.Channels - firstOutput);
        int row = problem.GroupInputChannels * problem.KernelHeight * problem.KernelWidth;
        PanelPacking.Spread(weights.Slice(firstOutput * row, realOutputs * row), Places(problem, panel, outputs), packed);
    }

    /// <summary>Where each weight of an output channel goes, for the first output channel of a panel.</summary>
    private static int[] Places(in ConvolutionProblem problem, in OutputPanel panel, int outputs)
    {
        int taps = problem.KernelHeight * problem.KernelWidth;
        int channels = problem.GroupInputChannels;
        var places = new int[channels * taps];
        int at = 0;
        for (int start = 0; start < channels;)
        {
            // A group may begin in the middle of a block: its first run of channels ends where that block does.
            int run = Math.Min(problem.Input.Lanes - ((panel.FirstChannel + start) % problem.Input.Lanes), channels - start);
            for (int tap = 0; tap < taps; tap++)
            {
                for (int channel = start; channel < start + run; channel++, at += outputs)
                {
                    places[(channel * taps) + tap] = at;
                }
            }

            start += run;
        }

        return places;
    }
}
