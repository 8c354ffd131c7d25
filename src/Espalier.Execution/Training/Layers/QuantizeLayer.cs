using Espalier.Graphs;
using Espalier.Kernels;

namespace Espalier.Execution;

/// <summary>Rounding to 8 bits, with the straight-through gradient.</summary>
internal sealed class QuantizeLayer(string name, TrainingValue input, TrainingValue output, QuantizationPoint point) : TrainingLayer(name, [input], output)
{
    internal override bool ReadsInputBackward(int index) => true;

    internal override void Forward(TrainingRun run) => Produce(run, [new ForwardCall(ForwardKernels.Quantize(point, Inputs[0].Layout, Output.Layout))]);

    internal override void Backward(TrainingRun run) => Propagate(run, Inputs[0], (part, parts, accumulate) => ElementwiseGradient.Quantize(
        run.GradientOf(Output), Output.GradientLayout, run[Inputs[0]], Inputs[0].Layout, point.Scale, point.ZeroPoint,
        run.GradientOf(Inputs[0]), Inputs[0].GradientLayout, accumulate, Batch, part, parts));
}
