using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Execution;

/// <summary>A sum.</summary>
internal sealed class AddLayer(string name, TrainingValue[] inputs, TrainingValue output) : TrainingLayer(name, inputs, output)
{
    internal override void Forward(TrainingRun run) => Produce(run, (part, parts) =>
    {
        Span<float> sum = run[Output];
        ElementwiseKernel.Add(run[Inputs[0]], Inputs[0].Layout, run[Inputs[1]], Inputs[1].Layout, Activation.None, sum, Output.Layout, Batch, part, parts);
        foreach (TrainingValue input in Inputs[2..])
        {
            ElementwiseKernel.Add(sum, Output.Layout, run[input], input.Layout, Activation.None, sum, Output.Layout, Batch, part, parts);
        }
    });

    internal override void Backward(TrainingRun run)
    {
        foreach (TrainingValue input in Inputs)
        {
            Propagate(run, input, (part, parts, accumulate) => ElementwiseGradient.Scale(
                run.GradientOf(Output), Output.GradientLayout, 1, run.GradientOf(input), input.GradientLayout, accumulate, Batch, part, parts));
        }
    }
}
