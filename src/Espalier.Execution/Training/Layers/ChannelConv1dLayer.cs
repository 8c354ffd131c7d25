using Espalier.Graphs;
using Espalier.Kernels;

namespace Espalier.Execution;

/// <summary>A convolution along the channels of one pixel.</summary>
internal sealed class ChannelConv1dLayer(string name, TrainingValue input, TrainingValue output, TrainingParameter weight) : TrainingLayer(name, [input], output)
{
    private readonly float[] _weights = new float[weight.Value.Length];

    internal override bool ReadsInputBackward(int index) => weight.Trainable;

    internal override void Forward(TrainingRun run)
    {
        weight.Value.Span.CopyTo(_weights);
        Produce(run, [new ForwardCall(ForwardKernels.ChannelConv1d(_weights, Inputs[0].Layout, Output.Layout))]);
    }

    internal override void Backward(TrainingRun run)
    {
        if (weight.Trainable)
        {
            bool added = Accumulates(weight, null);
            run.Parallel((part, parts) => ChannelConvolution.WeightGradient(
                run[Inputs[0]], Inputs[0].Layout, run.GradientOf(Output), Output.GradientLayout, weight.Gradient.Span, added, Batch, part, parts));
        }

        float[] reversed = [.. _weights.Reverse()];
        Propagate(run, Inputs[0], (part, parts, accumulate) => ChannelConvolution.Run(
            run.GradientOf(Output), Output.GradientLayout, reversed, run.GradientOf(Inputs[0]), Inputs[0].GradientLayout, accumulate, Batch, part, parts));
    }
}
