using Espalier.Kernels;

namespace Espalier.Execution;

/// <summary>A blur pool.</summary>
internal sealed class BlurPoolLayer(string name, TrainingValue input, TrainingValue output, ForwardCall[] calls) : TrainingLayer(name, [input], output)
{
    internal override void Forward(TrainingRun run) => Produce(run, calls);

    internal override void Backward(TrainingRun run) => Propagate(run, Inputs[0], (part, parts, accumulate) => BlurPoolKernel.Gradient(
        run.GradientOf(Output), Output.GradientLayout, run.GradientOf(Inputs[0]), Inputs[0].GradientLayout, accumulate, Batch, part, parts));
}
