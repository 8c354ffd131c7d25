using Espalier.Graphs;
using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Execution;

/// <summary>Layer norm over the channels.</summary>
internal sealed class LayerNormLayer(string name, TrainingValue input, TrainingValue output, double epsilon, TrainingParameter weight, TrainingParameter bias)
    : TrainingLayer(name, [input], output)
{
    private readonly float[] _weight = new float[input.Layout.PaddedChannels];
    private readonly float[] _bias = new float[input.Layout.PaddedChannels];

    internal override bool ReadsInputBackward(int index) => true;

    internal override int WorkspaceLength(int batch) => ChannelSums.WorkspaceLength(Output.Layout, batch);

    internal override void Forward(TrainingRun run)
    {
        weight.Value.Span.CopyTo(_weight);
        bias.Value.Span.CopyTo(_bias);
        Produce(run, [new ForwardCall(ForwardKernels.LayerNorm(Activation.None, _weight, _bias, epsilon, Inputs[0].Layout, Output.Layout))]);
    }

    internal override void Backward(TrainingRun run)
    {
        TrainingValue target = Inputs[0];
        Memory<float> workspace = run.Workspace(WorkspaceLength(Batch));
        void Gather(int part, int parts, bool accumulate) => LayerNormGradient.Propagate(
            run[target], target.Layout, _weight, (float)epsilon, run.GradientOf(Output), Output.GradientLayout,
            target.NeedsGradient ? run.GradientOf(target) : [], target.GradientLayout, accumulate, workspace.Span, Batch, part, parts);
        if (target.NeedsGradient)
        {
            Propagate(run, target, Gather);
        }
        else
        {
            run.Parallel((part, parts) => Gather(part, parts, false));
        }

        bool added = Accumulates(weight, bias);
        run.Parallel((part, parts) => ChannelSums.Reduce(workspace.Span, Output.Layout, weight.Gradient.Span, bias.Gradient.Span, added, Batch, part, parts));
    }
}
