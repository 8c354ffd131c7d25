using Espalier.Tensors;

namespace Espalier.Kernels;

/// <summary>Convolution with groups of any size: each group computes whole vectors, of which only its own lanes are stored.</summary>
/// <remarks>
/// A group's sums never include products with another group's input, so that NaN and infinity stay within their group (zero weights would
/// not ensure that, because 0 x NaN is NaN). The cost is computing lanes that are discarded.
/// </remarks>
internal sealed unsafe class GroupedKernel<TLanes>(InstructionSet instructionSet) : ConvolutionKernel where TLanes : unmanaged, ILanes<TLanes>
{
    public override string Name => "grouped";

    public override InstructionSet InstructionSet => instructionSet;

    public override bool Supports(in ConvolutionProblem problem) => Writes(problem) && problem.Groups > 1;

    internal override double Cost(in ConvolutionProblem problem, WeightSparsity sparsity) =>
        problem.MultiplyAccumulates * (double)Panels(problem).Length * TLanes.Count / problem.Output.Channels;

    public override PackedConvolution Pack(in ConvolutionProblem problem, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias)
    {
        ProblemChecks.Require(problem, TLanes.Count, weights.Length, bias.Length);
        OutputPanel[] panels = Panels(problem);
        long floats = (long)problem.GroupInputChannels * problem.Kernel.Area * TLanes.Count;
        var packer = new TiledPacker(problem, panels, panels.Length * floats);
        packer.Pack(weights, bias, 0, 1);
        return new TiledConvolution<TLanes>(problem, new TiledPlan
        {
            KernelName = Name,
            Panels = panels,
            Weights = packer.Weights,
            Selectors = Masks(problem, panels),
            Bias = packer.Bias,
            OneVector = RowTable<TLanes, BroadcastInput<TLanes>>.For(problem),
        })
        { Packer = packer };
    }

    /// <summary>One panel for each output block and group that meet.</summary>
    private static OutputPanel[] Panels(in ConvolutionProblem problem)
    {
        int floats = problem.GroupInputChannels * problem.Kernel.Area * TLanes.Count;
        var panels = new List<OutputPanel>();
        for (int block = 0; block < problem.Output.Blocks; block++)
        {
            int last = Math.Min((block + 1) * TLanes.Count, problem.Output.Channels) - 1;
            for (int group = block * TLanes.Count / problem.GroupOutputChannels; group <= last / problem.GroupOutputChannels; group++)
            {
                panels.Add(new OutputPanel
                {
                    Block = block,
                    FirstChannel = group * problem.GroupInputChannels,
                    Steps = problem.GroupInputChannels,
                    Weights = checked(panels.Count * floats),
                    Mask = panels.Count * TLanes.Count,
                });
            }
        }

        return [.. panels];
    }

    /// <summary>For each panel a vector that is positive in its lanes.</summary>
    private static Memory<float> Masks(in ConvolutionProblem problem, OutputPanel[] panels)
    {
        Memory<float> masks = AlignedMemory.Allocate<float>((long)panels.Length * TLanes.Count);
        foreach (OutputPanel panel in panels)
        {
            int group = panel.FirstChannel / problem.GroupInputChannels;
            for (int lane = 0; lane < TLanes.Count; lane++)
            {
                int output = (panel.Block * TLanes.Count) + lane;
                bool mine = output >= problem.Output.Channels || output / problem.GroupOutputChannels == group; // lanes without a channel are kept finite
                masks.Span[panel.Mask + lane] = mine ? 1 : -1;
            }
        }

        return masks;
    }
}
