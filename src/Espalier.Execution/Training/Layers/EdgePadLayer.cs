using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Execution;

/// <summary>Padding of a feature map with its own pixels.</summary>
internal sealed class EdgePadLayer(string name, TrainingValue input, TrainingValue output, PaddingMode mode, Padding padding) : TrainingLayer(name, [input], output)
{
    internal override void Forward(TrainingRun run) => Produce(run, [new ForwardCall(ForwardKernels.EdgePad(mode, padding, Inputs[0].Layout, Output.Layout))]);

    internal override void Backward(TrainingRun run) => Propagate(run, Inputs[0], (part, parts, accumulate) => EdgePadKernel.Gradient(
        run.GradientOf(Output), Output.GradientLayout, mode, padding, run.GradientOf(Inputs[0]), Inputs[0].GradientLayout, accumulate, Batch, part, parts));
}
