using Espalier.Kernels;

namespace Espalier.Execution;

/// <summary>A softmax across groups of channels.</summary>
internal sealed class RadixSoftmaxLayer(string name, TrainingValue input, TrainingValue output, ForwardCall[] calls, int radix) : TrainingLayer(name, [input], output)
{
    internal override bool ReadsOutputBackward => true;

    internal override void Forward(TrainingRun run) => Produce(run, calls);

    internal override void Backward(TrainingRun run) => Propagate(run, Inputs[0], (part, parts, accumulate) => RadixSoftmaxKernel.Gradient(
        run[Output], Output.Layout, radix, run.GradientOf(Output), Output.GradientLayout, run.GradientOf(Inputs[0]), Inputs[0].GradientLayout, accumulate, Batch, part, parts));
}
