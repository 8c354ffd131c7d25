using Espalier.Kernels;

namespace Espalier.Execution;

/// <summary>A sum.</summary>
internal sealed class AddLayer(string name, TrainingValue[] inputs, TrainingValue output, ForwardCall[] calls) : TrainingLayer(name, inputs, output)
{
    internal override void Forward(TrainingRun run) => Produce(run, calls);

    internal override void Backward(TrainingRun run)
    {
        foreach (TrainingValue input in Inputs)
        {
            Propagate(run, input, (part, parts, accumulate) => ElementwiseGradient.Scale(
                run.GradientOf(Output), Output.GradientLayout, 1, run.GradientOf(input), input.GradientLayout, accumulate, Batch, part, parts));
        }
    }
}
