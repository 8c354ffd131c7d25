using Espalier.Graphs;
using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Execution;

/// <summary>A fully connected layer, possibly of transformed weights.</summary>
internal sealed class LinearLayer : TrainingLayer
{
    private readonly TrainingParameter _weight;
    private readonly TrainingParameter? _bias;
    private readonly FilterTransform? _filters;
    private readonly PackedLinear _packed;

    internal LinearLayer(string name, TrainingValue input, TrainingValue output, TrainingParameter weight, TrainingParameter? bias, FilterTransform? filters)
        : base(name, [input], output)
    {
        (_weight, _bias, _filters) = (weight, bias, filters);
        _packed = PackedLinear.Pack(Weights, Biases, input.Layout.Channels, output.Layout.Channels, input.Layout.Lanes, Activation.None);
    }

    internal override long PackedBytes => _packed.PackedBytes + (_filters?.Bytes ?? 0);

    private ReadOnlySpan<float> Weights => _filters is null ? _weight.Value.Span : _filters.Values;

    private ReadOnlySpan<float> Biases => _bias is null ? [] : _bias.Value.Span;

    internal override bool ReadsInputBackward(int index) => NeedsWeightGradient;

    private bool NeedsWeightGradient => _filters?.NeedsGradient ?? _weight.Trainable;

    internal override void Repack(TrainingRun run)
    {
        _filters?.Update();
        run.Parallel((part, parts) => _packed.Repack(Weights, Biases, part, parts));
    }

    internal override void Forward(TrainingRun run) => Produce(run, [new ForwardCall(ForwardKernels.Linear(_packed))]);

    internal override void Backward(TrainingRun run)
    {
        if (NeedsWeightGradient || _bias is { Trainable: true })
        {
            bool accumulate = Accumulates(_weight, _bias, _filters?.Scales);
            Memory<float> weights = _filters is null ? _weight.Gradient : _filters.Gradient(accumulate);
            run.Parallel((part, parts) => LinearGradient.Weights(
                run[Inputs[0]], Inputs[0].Layout, run.GradientOf(Output), Output.GradientLayout,
                weights.Span, _bias is null ? [] : _bias.Gradient.Span, Batch, accumulate, part, parts));
            if (_filters is { NeedsGradient: true })
            {
                run.Parallel((part, parts) => _filters.Propagate(accumulate, part, parts));
            }

            Cost.Stop(LayerPass.WeightGradient);
        }

        Propagate(run, Inputs[0], (part, parts, accumulate) => LinearGradient.Input(
            run.GradientOf(Output), Output.GradientLayout, Weights, run.GradientOf(Inputs[0]), Inputs[0].GradientLayout, Batch, accumulate, part, parts));
    }
}
