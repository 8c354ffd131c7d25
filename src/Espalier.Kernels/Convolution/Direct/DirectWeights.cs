using Espalier.Tensors;

namespace Espalier.Kernels;

/// <summary>Weights in the order in which the direct tiles read them: <c>[panel][input channel block][tap][lane][vectors x lanes]</c>.</summary>
/// <remarks>Only input channels that exist are there: a stem with 3 channels costs 3 steps for each tap, not a whole block's.</remarks>
internal sealed class DirectWeights
{
    private DirectWeights(OutputPanel[] panels, Memory<float> weights, Memory<float> bias)
    {
        Panels = panels;
        Weights = weights;
        Bias = bias;
    }

    /// <summary>The panels, in the order of the output channels.</summary>
    internal OutputPanel[] Panels { get; }

    /// <summary>The packed weights.</summary>
    internal ReadOnlyMemory<float> Weights { get; }

    /// <summary>One number for each output channel, padded with zeros to whole vectors.</summary>
    internal ReadOnlyMemory<float> Bias { get; }

    internal static DirectWeights Pack(in ConvolutionProblem problem, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias)
    {
        int lanes = problem.Output.Lanes;
        OutputPanel[] panels = Panelize(problem);
        int steps = problem.GroupInputChannels * problem.KernelHeight * problem.KernelWidth;
        Memory<float> packed = AlignedMemory.Allocate<float>((long)problem.Output.Blocks * lanes * steps);
        foreach (OutputPanel panel in panels)
        {
            PackPanel(problem, panel, weights, packed.Span.Slice(panel.Weights, panel.Vectors * lanes * steps));
        }

        return new DirectWeights(panels, packed, PackBias(problem.Output, bias));
    }

    /// <summary>The biases, padded with zeros to whole vectors.</summary>
    internal static Memory<float> PackBias(in BlockedLayout output, ReadOnlySpan<float> bias)
    {
        Memory<float> packed = AlignedMemory.Allocate<float>(output.Blocks * output.Lanes);
        bias.CopyTo(packed.Span);
        return packed;
    }

    private static OutputPanel[] Panelize(in ConvolutionProblem problem)
    {
        int lanes = problem.Output.Lanes;
        int blocksOfGroup = (problem.GroupOutputChannels + lanes - 1) / lanes;
        int floatsOfBlock = problem.GroupInputChannels * problem.KernelHeight * problem.KernelWidth * lanes;
        var panels = new List<OutputPanel>();
        for (int group = 0; group < problem.Groups; group++)
        {
            int end = (group + 1) * blocksOfGroup;
            for (int block = group * blocksOfGroup; block < end; block += 2)
            {
                panels.Add(new OutputPanel(block, Math.Min(2, end - block), group * problem.GroupInputChannels, checked(block * floatsOfBlock)));
            }
        }

        return [.. panels];
    }

    private static void PackPanel(in ConvolutionProblem problem, in OutputPanel panel, ReadOnlySpan<float> weights, Span<float> packed)
    {
        int lanes = problem.Output.Lanes;
        int taps = problem.KernelHeight * problem.KernelWidth;
        int outputs = panel.Vectors * lanes;
        int firstOutput = panel.Block * lanes;
        int realOutputs = Math.Min(outputs, problem.Output.Channels - firstOutput);
        int channels = problem.GroupInputChannels;
        int rowLength = channels * taps;
        int at = 0;
        for (int start = 0; start < channels;)
        {
            // A group may begin in the middle of a block: its first run of channels ends where that block does.
            int run = Math.Min(problem.Input.Lanes - ((panel.FirstChannel + start) % problem.Input.Lanes), channels - start);
            for (int tap = 0; tap < taps; tap++)
            {
                for (int channel = start; channel < start + run; channel++, at += outputs)
                {
                    for (int output = 0; output < realOutputs; output++)
                    {
                        packed[at + output] = weights[((firstOutput + output) * rowLength) + (channel * taps) + tap];
                    }
                }
            }

            start += run;
        }
    }
}
