using Espalier.Graphs;
using Espalier.Kernels;

namespace Espalier.Execution;

/// <summary>A convolution, possibly of standardized or quantized weights, with its input gradient, which is computed by a convolution with rotated weights, and its weight gradient.</summary>
internal sealed class ConvolutionLayer : TrainingLayer
{
    private readonly TrainingParameter _weight;
    private readonly TrainingParameter? _bias;
    private readonly FilterTransform? _filters;

    internal ConvolutionLayer(
        string name, TrainingValue input, TrainingValue output, ConvolutionProblem problem, TrainingParameter weight, TrainingParameter? bias, InstructionSet set, string? kernels,
        FilterTransform? filters = null)
        : base(name, [input], output)
    {
        (_weight, _bias, _filters) = (weight, bias, filters);
        Packed = ConvolutionKernel.Choose(problem, set, kernels, repacks: true).Pack(problem, Weights, Numbers(bias));
        if (input.NeedsGradient)
        {
            output.GradientLayout = output.GradientLayout with { Border = ConvolutionInputGradient.RequiredBorder(problem) };
            InputGradient = ConvolutionInputGradient.Create(problem, output.GradientLayout, input.GradientLayout, Weights, kernels);
        }

        WeightGradient = (filters?.NeedsGradient ?? weight.Trainable) || bias is { Trainable: true } ? new ConvolutionWeightGradient(problem, output.GradientLayout, bias is { Trainable: true }, kernels) : null;
    }

    /// <summary>The forward convolution.</summary>
    internal PackedConvolution Packed { get; }

    /// <summary>The gradient with respect to the input, if that is needed.</summary>
    internal ConvolutionInputGradient? InputGradient { get; }

    /// <summary>The gradient with respect to weights and biases, if one of them is trained.</summary>
    internal ConvolutionWeightGradient? WeightGradient { get; }

    internal override long PackedBytes => Packed.PackedBytes + (InputGradient?.PackedBytes ?? 0) + (_filters?.Bytes ?? 0);

    /// <summary>The weights that are convolved with.</summary>
    private ReadOnlySpan<float> Weights => _filters is null ? _weight.Value.Span : _filters.Values;

    internal override bool ReadsInputBackward(int index) => WeightGradient is not null;

    internal override int WorkspaceLength(int batch) => WeightGradient?.WorkspaceLength(batch) ?? 0;

    internal override void Repack(TrainingRun run)
    {
        _filters?.Update();
        run.Parallel((part, parts) =>
        {
            Packed.Repack(Weights, Numbers(_bias), part, parts);
            InputGradient?.Repack(Weights, part, parts);
        });
    }

    internal override void Forward(TrainingRun run) => Produce(run, (part, parts) => Packed.Run(
        new ConvolutionOperands { Batch = Batch, Input = run[Inputs[0]], Output = run[Output], Scratch = ScratchMemory.OfThisThread(Packed.ScratchLength) },
        part,
        parts));

    internal override void Backward(TrainingRun run)
    {
        if (WeightGradient is not null)
        {
            GradientOfWeights(run, WeightGradient);
            Cost.Stop(LayerPass.WeightGradient);
        }

        if (InputGradient is not null)
        {
            Propagate(run, Inputs[0], (part, parts, accumulate) => InputGradient.Run(
                new InputGradientOperands
                {
                    Batch = Batch,
                    OutputGradient = run.GradientOf(Output),
                    InputGradient = run.GradientOf(Inputs[0]),
                    Accumulate = accumulate,
                    Scratch = ScratchMemory.OfThisThread(InputGradient.ScratchLength),
                },
                part,
                parts));
        }
    }

    private void GradientOfWeights(TrainingRun run, ConvolutionWeightGradient gradient)
    {
        Memory<float> workspace = run.Workspace(gradient.WorkspaceLength(Batch));
        run.Parallel((part, parts) => gradient.Accumulate(
            new WeightGradientOperands
            {
                Batch = Batch,
                Input = run[Inputs[0]],
                OutputGradient = run.GradientOf(Output),
                Workspace = workspace.Span,
                Scratch = ScratchMemory.OfThisThread(gradient.ScratchLength),
            },
            part,
            parts));
        bool accumulate = Accumulates(_weight, _bias, _filters?.Scales);
        Memory<float> weights = _filters is null ? _weight.Gradient : _filters.Gradient(accumulate);
        run.Parallel((part, parts) => gradient.Reduce(
            workspace.Span, weights.Span, _bias is null ? [] : _bias.Gradient.Span, Batch, accumulate, part, parts));
        if (_filters is { NeedsGradient: true })
        {
            run.Parallel((part, parts) => _filters.Propagate(accumulate, part, parts));
        }
    }

    private static ReadOnlySpan<float> Numbers(TrainingParameter? parameter) => parameter is null ? [] : parameter.Value.Span;
}
