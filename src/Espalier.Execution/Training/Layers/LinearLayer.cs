using Espalier.Graphs;
using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Execution;

/// <summary>A fully connected layer.</summary>
internal sealed class LinearLayer(string name, TrainingValue input, TrainingValue output, TrainingParameter weight, TrainingParameter? bias) : TrainingLayer(name, [input], output)
{
    private readonly PackedLinear _packed = PackedLinear.Pack(
        weight.Value.Span, bias is null ? [] : bias.Value.Span, input.Layout.Channels, output.Layout.Channels, input.Layout.Lanes, Activation.None);

    internal override long PackedBytes => _packed.PackedBytes;

    internal override bool ReadsInputBackward(int index) => weight.Trainable;

    internal override void Repack(TrainingRun run) => run.Parallel((part, parts) => _packed.Repack(weight.Value.Span, bias is null ? [] : bias.Value.Span, part, parts));

    internal override void Forward(TrainingRun run) => Produce(run, [new ForwardCall(ForwardKernels.Linear(_packed))]);

    internal override void Backward(TrainingRun run)
    {
        if (weight.Trainable || bias is { Trainable: true })
        {
            bool accumulate = Accumulates(weight, bias);
            run.Parallel((part, parts) => LinearGradient.Weights(
                run[Inputs[0]], Inputs[0].Layout, run.GradientOf(Output), Output.GradientLayout,
                weight.Gradient.Span, bias is null ? [] : bias.Gradient.Span, Batch, accumulate, part, parts));
        }

        Propagate(run, Inputs[0], (part, parts, accumulate) => LinearGradient.Input(
            run.GradientOf(Output), Output.GradientLayout, weight.Value.Span, run.GradientOf(Inputs[0]), Inputs[0].GradientLayout, Batch, accumulate, part, parts));
    }
}
