using Espalier.Kernels;

namespace Espalier.Execution;

/// <summary>Local response norm.</summary>
internal sealed class LocalResponseNormLayer(string name, TrainingValue input, TrainingValue output, ForwardCall[] calls, LocalResponseNormProblem problem)
    : TrainingLayer(name, [input], output)
{
    internal override bool ReadsInputBackward(int index) => true;

    internal override void Forward(TrainingRun run) => Produce(run, calls);

    internal override void Backward(TrainingRun run) => Propagate(run, Inputs[0], (part, parts, accumulate) => LocalResponseNormKernel.Gradient(
        problem, run[Inputs[0]], Inputs[0].Layout, run.GradientOf(Output), Output.GradientLayout, run.GradientOf(Inputs[0]), Inputs[0].GradientLayout, accumulate, Batch, part, parts));
}
