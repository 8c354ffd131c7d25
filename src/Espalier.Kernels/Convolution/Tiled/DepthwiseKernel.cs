using Espalier.Tensors;

namespace Espalier.Kernels;

/// <summary>Depthwise convolution: as many groups as input and as output channels, so that vectors of channels never mix.</summary>
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
        int taps = problem.KernelHeight * problem.KernelWidth;
        Memory<float> packed = AlignedMemory.Allocate<float>((long)problem.Output.Blocks * TLanes.Count * taps);
        for (int channel = 0; channel < problem.Output.Channels; channel++)
        {
            (int block, int lane) = Math.DivRem(channel, TLanes.Count);
            for (int tap = 0; tap < taps; tap++)
            {
                packed.Span[(((block * taps) + tap) * TLanes.Count) + lane] = weights[(channel * taps) + tap];
            }
        }

        return new TiledConvolution<TLanes>(problem, new TiledPlan
        {
            KernelName = Name,
            Panels =
            [
                .. Enumerable.Range(0, problem.Output.Blocks).Select(block => new OutputPanel
                {
                    Block = block, FirstChannel = block * TLanes.Count, Steps = 1, Weights = block * taps * TLanes.Count,
                }),
            ],
            Weights = packed,
            Bias = TiledPlan.PackBias(problem.Output, bias),
            OneVector = TileTable<TLanes, VectorInput<TLanes>>.One,
        });
    }
}
