using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Execution;

/// <summary>An activation; it works in place if input and output are the same value.</summary>
internal sealed class ActivationLayer(string name, TrainingValue input, TrainingValue output, ForwardCall[] calls, Activation activation) : TrainingLayer(name, [input], output)
{
    private bool IsInPlace => Inputs[0] == Output;

    private bool IsFromOutput => IsInPlace || activation.IsDerivativeOfResult;

    internal override bool ReadsInputBackward(int index) => !IsFromOutput;

    internal override bool ReadsOutputBackward => IsFromOutput;

    internal override void Forward(TrainingRun run) => Produce(run, calls);

    internal override void Backward(TrainingRun run)
    {
        TrainingValue value = IsFromOutput ? Output : Inputs[0];
        void Differentiate(int part, int parts, bool accumulate) => ElementwiseGradient.Activate(
            run.GradientOf(Output), Output.GradientLayout, activation, run[value], value.Layout, run.GradientOf(Inputs[0]), Inputs[0].GradientLayout, accumulate, Batch, part, parts);
        if (IsInPlace)
        {
            run.Parallel((part, parts) => Differentiate(part, parts, false));
        }
        else
        {
            Propagate(run, Inputs[0], Differentiate);
        }
    }
}
