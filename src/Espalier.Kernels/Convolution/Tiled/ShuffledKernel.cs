using System.Runtime.InteropServices;
using Espalier.Tensors;

namespace Espalier.Kernels;

/// <summary>
/// Grouped convolution for groups whose output vector reads a single input block: groups of 4 or 8
/// (ResNeXt), or depthwise convolution with a channel multiplier.
/// </summary>
/// <remarks>A step needs a shuffle besides the multiply-add, but there are only as many steps as a group has input channels.</remarks>
internal sealed unsafe class ShuffledKernel<TLanes>(InstructionSet instructionSet) : ConvolutionKernel where TLanes : unmanaged, ILanes<TLanes>
{
    public override string Name => "shuffled";

    public override InstructionSet InstructionSet => instructionSet;

    public override bool Supports(in ConvolutionProblem problem)
    {
        if (!ReadsAndWrites(problem) || problem.Groups == 1)
        {
            return false;
        }

        for (int block = 0; block < problem.Output.Blocks; block++)
        {
            int last = Math.Min((block + 1) * TLanes.Count, problem.Output.Channels) - 1;
            int lastInput = InputChannel(problem, last, problem.GroupInputChannels - 1);
            if (InputChannel(problem, block * TLanes.Count, 0) / TLanes.Count != lastInput / TLanes.Count)
            {
                return false;
            }
        }

        return true;
    }

    // Two instructions per vector of products, partly on the same ports.
    internal override double Cost(in ConvolutionProblem problem, WeightSparsity sparsity) => 2.0 * problem.MultiplyAccumulates;

    public override PackedConvolution Pack(in ConvolutionProblem problem, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias)
    {
        ProblemChecks.Require(problem, TLanes.Count, weights.Length, bias.Length);
        int positions = problem.Kernel.Area;
        int steps = problem.GroupInputChannels;
        Memory<float> selectors = AlignedMemory.Allocate<float>((long)problem.Output.Blocks * TLanes.Count * steps);
        for (int channel = 0; channel < problem.Output.Channels; channel++)
        {
            (int block, int lane) = Math.DivRem(channel, TLanes.Count);
            for (int step = 0; step < steps; step++)
            {
                MemoryMarshal.Cast<float, int>(selectors.Span)[(((block * steps) + step) * TLanes.Count) + lane] = InputChannel(problem, channel, step) % TLanes.Count;
            }
        }

        var panels = new OutputPanel[problem.Output.Blocks];
        for (int block = 0; block < panels.Length; block++)
        {
            panels[block] = new OutputPanel
            {
                Block = block,
                FirstChannel = InputChannel(problem, block * TLanes.Count, 0) / TLanes.Count * TLanes.Count,
                Steps = steps,
                Weights = block * positions * steps * TLanes.Count,
                Selectors = block * steps * TLanes.Count,
            };
        }

        var packer = new TiledPacker(problem, panels, (long)problem.Output.PaddedChannels * positions * steps);
        packer.Pack(weights, bias, 0, 1);
        return new TiledConvolution<TLanes>(problem, new TiledPlan
        {
            KernelName = Name,
            Panels = panels,
            Weights = packer.Weights,
            Selectors = selectors,
            Bias = packer.Bias,
            OneVector = RowTable<TLanes, ShuffledInput<TLanes>>.For(problem),
        })
        { Packer = packer };
    }

    private static int InputChannel(in ConvolutionProblem problem, int output, int step) =>
        (output / problem.GroupOutputChannels * problem.GroupInputChannels) + step;
}
