using Espalier.Graphs;
using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Execution;

/// <summary>A factor and possibly a shift for each channel.</summary>
internal sealed class AffineLayer(string name, TrainingValue input, TrainingValue output, TrainingParameter weight, TrainingParameter? bias) : TrainingLayer(name, [input], output)
{
    private readonly float[] _weight = new float[input.Layout.PaddedChannels];
    private readonly float[] _bias = new float[input.Layout.PaddedChannels];

    private bool Trains => weight.Trainable || bias is { Trainable: true };

    internal override bool ReadsInputBackward(int index) => Trains;

    internal override int WorkspaceLength(int batch) => Trains ? ChannelSums.WorkspaceLength(Output.Layout, batch) : 0;

    internal override void Forward(TrainingRun run)
    {
        weight.Value.Span.CopyTo(_weight);
        bias?.Value.Span.CopyTo(_bias);
        Produce(run, [new ForwardCall(ForwardKernels.ScaleAndShift(Activation.None, _weight, _bias, Inputs[0].Layout, Output.Layout))]);
    }

    internal override void Backward(TrainingRun run)
    {
        TrainingValue target = Inputs[0];
        if (Trains)
        {
            Memory<float> workspace = run.Workspace(WorkspaceLength(Batch));
            run.Parallel((part, parts) => AffineGradient.Gather(
                run[target], target.Layout, run.GradientOf(Output), Output.GradientLayout, workspace.Span, Batch, part, parts));
            bool added = Accumulates(weight, bias);
            run.Parallel((part, parts) => ChannelSums.Reduce(
                workspace.Span, Output.Layout, weight.Gradient.Span, bias is null ? [] : bias.Gradient.Span, added, Batch, part, parts));
        }

        Propagate(run, target, (part, parts, accumulate) => ElementwiseGradient.ScaleChannels(
            run.GradientOf(Output), Output.GradientLayout, _weight, run.GradientOf(target), target.GradientLayout, accumulate, Batch, part, parts));
    }
}
