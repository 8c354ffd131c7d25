using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Execution;

/// <summary>A product with a map, or with a number for each channel.</summary>
internal sealed class MultiplyLayer(string name, TrainingValue a, TrainingValue b, TrainingValue output) : TrainingLayer(name, [a, b], output)
{
    internal override bool ReadsInputBackward(int index) => true;

    internal override void Forward(TrainingRun run) => Produce(run, (part, parts) => ElementwiseKernel.Multiply(
        run[Inputs[0]], Inputs[0].Layout, run[Inputs[1]], Inputs[1].Layout, Activation.None, run[Output], Output.Layout, Batch, part, parts));

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
