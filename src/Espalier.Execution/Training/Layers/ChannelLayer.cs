using Espalier.Kernels;

namespace Espalier.Execution;

/// <summary>The training layer of ops that move channels: slice, shuffle, channel padding and concat.</summary>
/// <param name="name">The node.</param>
/// <param name="inputs">The inputs.</param>
/// <param name="output">The output.</param>
/// <param name="calls">The kernel calls of the forward pass.</param>
/// <param name="sources">As returned by <see cref="ChannelSources.Of"/>.</param>
internal sealed class ChannelLayer(string name, TrainingValue[] inputs, TrainingValue output, ForwardCall[] calls, int[][] sources) : TrainingLayer(name, inputs, output)
{
    private readonly int[][] _back = [.. sources.Select((own, i) => Inverse(own, sources[..i].Sum(before => before.Length), inputs[i].Layout.Channels))];

    internal override void Forward(TrainingRun run) => Produce(run, calls);

    internal override void Backward(TrainingRun run)
    {
        for (int i = 0; i < Inputs.Length; i++)
        {
            (TrainingValue input, int[] back) = (Inputs[i], _back[i]);
            Propagate(run, input, (part, parts, accumulate) =>
            {
                if (accumulate)
                {
                    ChannelGradient.GatherAdd(run.GradientOf(Output), Output.GradientLayout, back, run.GradientOf(input), input.GradientLayout, Batch, part, parts);
                }
                else
                {
                    ChannelKernel.Gather(run.GradientOf(Output), Output.GradientLayout, back, 0, run.GradientOf(input), input.GradientLayout, Batch, part, parts);
                }
            });
        }
    }

    // The output channel of each input channel; no channel is copied twice.
    private static int[] Inverse(int[] sources, int first, int channels)
    {
        int[] back = new int[channels];
        Array.Fill(back, ChannelKernel.Zero);
        for (int i = 0; i < sources.Length; i++)
        {
            if (sources[i] >= 0)
            {
                back[sources[i]] = first + i;
            }
        }

        return back;
    }
}
