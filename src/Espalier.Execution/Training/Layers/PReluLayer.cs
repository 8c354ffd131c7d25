using Espalier.Graphs;
using Espalier.Kernels;

namespace Espalier.Execution;

/// <summary>A parametric ReLU.</summary>
internal sealed class PReluLayer(string name, TrainingValue input, TrainingValue output, TrainingParameter weight) : TrainingLayer(name, [input], output)
{
    private readonly float[] _slopes = new float[input.Layout.PaddedChannels];
    private readonly double[] _sums = new double[input.Layout.PaddedChannels];

    internal override bool ReadsInputBackward(int index) => true;

    internal override void Forward(TrainingRun run)
    {
        ForwardKernels.Spread(weight.Value.Span, Inputs[0].Layout.Channels, _slopes);
        Produce(run, [new ForwardCall(ForwardKernels.PRelu(_slopes, Inputs[0].Layout, Output.Layout))]);
    }

    internal override void Backward(TrainingRun run)
    {
        if (weight.Trainable)
        {
            bool added = Accumulates(weight, null);
            run.Parallel((part, parts) => PReluGradient.Slopes(run[Inputs[0]], Inputs[0].Layout, run.GradientOf(Output), Output.GradientLayout, _sums, Batch, part, parts));
            AddSlopes(weight.Gradient.Span, added);
        }

        Propagate(run, Inputs[0], (part, parts, accumulate) => ElementwiseGradient.PRelu(
            run.GradientOf(Output), Output.GradientLayout, run[Inputs[0]], Inputs[0].Layout, _slopes,
            run.GradientOf(Inputs[0]), Inputs[0].GradientLayout, accumulate, Batch, part, parts));
    }

    // A single slope has the sum of all channels as its gradient.
    private void AddSlopes(Span<float> gradient, bool added)
    {
        int each = Inputs[0].Layout.Channels / gradient.Length;
        for (int i = 0; i < gradient.Length; i++)
        {
            double sum = added ? gradient[i] : 0;
            foreach (double channel in _sums.AsSpan(i * each, each))
            {
                sum += channel;
            }

            gradient[i] = (float)sum;
        }
    }
}
