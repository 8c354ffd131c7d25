using Espalier.Kernels;

namespace Espalier.Execution;

/// <summary>A product of two feature maps, or of a feature map and one factor per channel.</summary>
internal sealed class MultiplyLayer(string name, TrainingValue a, TrainingValue b, TrainingValue output, ForwardCall[] calls) : TrainingLayer(name, [a, b], output)
{
    internal override bool ReadsInputBackward(int index) => true;

    internal override void Forward(TrainingRun run) => Produce(run, calls);

    internal override void Backward(TrainingRun run)
    {
        (TrainingValue first, TrainingValue second) = (Inputs[0], Inputs[1]);
        Propagate(run, first, (part, parts, accumulate) => ElementwiseGradient.Multiply(
            run.GradientOf(Output), Output.GradientLayout, run[second], second.Layout, run.GradientOf(first), first.GradientLayout, accumulate, Batch, part, parts));
        Propagate(run, second, (part, parts, accumulate) =>
        {
            if (second.Layout.HasSameMap(first.Layout))
            {
                ElementwiseGradient.Multiply(
                    run.GradientOf(Output), Output.GradientLayout, run[first], first.Layout, run.GradientOf(second), second.GradientLayout, accumulate, Batch, part, parts);
            }
            else
            {
                ChannelGradient.SumProducts(run.GradientOf(Output), Output.GradientLayout, run[first], first.Layout, run.GradientOf(second), accumulate, Batch, part, parts);
            }
        });
    }
}
