using Espalier.Graphs;
using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Execution;

/// <summary>Group norm.</summary>
internal sealed class GroupNormLayer(string name, TrainingValue input, TrainingValue output, int groups, double epsilon, TrainingParameter weight, TrainingParameter bias)
    : TrainingLayer(name, [input], output)
{
    private readonly float[] _weight = new float[input.Layout.PaddedChannels];
    private readonly float[] _bias = new float[input.Layout.PaddedChannels];

    internal override bool ReadsInputBackward(int index) => true;

    internal override int WorkspaceLength(int batch) => GroupNormGradient.WorkspaceLength(Output.Layout.Channels, batch);

    internal override void Forward(TrainingRun run)
    {
        weight.Value.Span.CopyTo(_weight);
        bias.Value.Span.CopyTo(_bias);
        Produce(run, [new ForwardCall(ForwardKernels.GroupNorm(Activation.None, groups, _weight, _bias, epsilon, Inputs[0].Layout, Output.Layout))]);
    }

    internal override void Backward(TrainingRun run)
    {
        TrainingValue target = Inputs[0];
        Memory<float> workspace = run.Workspace(WorkspaceLength(Batch));
        void Gather(int part, int parts, bool accumulate) => GroupNormGradient.Propagate(
            run[target], target.Layout, groups, weight.Value.Span, (float)epsilon, run.GradientOf(Output), Output.GradientLayout,
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
        run.Parallel((part, parts) => GroupNormGradient.Reduce(
            workspace.Span, Output.Layout.Channels, weight.Gradient.Span, bias.Gradient.Span, added, added, Batch, part, parts));
    }
}
