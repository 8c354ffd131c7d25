using Espalier.Tensors;

namespace Espalier.Kernels;

/// <summary>Convolution with groups of any size: each group computes whole vectors, of which only its own lanes are kept.</summary>
/// <remarks>
/// A group's sums never hold a product with another group's input, so that a NaN or infinity stays within its group (zero weights would
/// let it out, because 0 x NaN is NaN). The price is arithmetic for lanes that are thrown away.
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
        int floats = problem.GroupInputChannels * problem.KernelHeight * problem.KernelWidth * TLanes.Count;
        Memory<float> packed = AlignedMemory.Allocate<float>((long)panels.Length * floats);
        Memory<float> masks = AlignedMemory.Allocate<float>((long)panels.Length * TLanes.Count);
        foreach (OutputPanel panel in panels)
        {
            PackPanel(problem, panel, weights, packed.Span.Slice(panel.Weights, floats), masks.Span.Slice(panel.Mask, TLanes.Count));
        }

        return new TiledConvolution<TLanes>(problem, new TiledPlan
        {
            KernelName = Name,
            Panels = panels,
            Weights = packed,
            Selectors = masks,
            Bias = TiledPlan.PackBias(problem.Output, bias),
            OneVector = TileTable<TLanes, BroadcastInput<TLanes>>.One,
        });
    }

    /// <summary>One panel for each output block and group that meet.</summary>
    private static OutputPanel[] Panels(in ConvolutionProblem problem)
    {
        int floats = problem.GroupInputChannels * problem.KernelHeight * problem.KernelWidth * TLanes.Count;
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

    private static void PackPanel(in ConvolutionProblem problem, in OutputPanel panel, ReadOnlySpan<float> weights, Span<float> packed, Span<float> mask)
    {
        int taps = problem.KernelHeight * problem.KernelWidth;
        int channels = problem.GroupInputChannels;
        int firstOutput = panel.FirstChannel / channels * problem.GroupOutputChannels;
        for (int lane = 0; lane < TLanes.Count; lane++)
        {
            int output = (panel.Block * TLanes.Count) + lane;
            bool mine = output >= firstOutput && output < firstOutput + problem.GroupOutputChannels;
            mask[lane] = mine || output >= problem.Output.Channels ? 1 : -1; // lanes without a channel are kept finite
            for (int start = 0, at = lane; mine && start < channels;)
            {
                // A group may begin in the middle of a block: its first run of channels ends where that block does.
                int run = Math.Min(problem.Input.Lanes - ((panel.FirstChannel + start) % problem.Input.Lanes), channels - start);
                for (int tap = 0; tap < taps; tap++)
                {
                    for (int channel = start; channel < start + run; channel++, at += TLanes.Count)
                    {
                        packed[at] = weights[(((output * channels) + channel) * taps) + tap];
                    }
                }

                start += run;
            }
        }
    }
}
