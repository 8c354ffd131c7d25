using Espalier.Graphs;
using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Execution;

/// <summary>
/// Batch norm with the statistics of the batch, and with a residual and a ReLU fused into it if they follow. If stochastic depth drops it, only residual and ReLU are computed. Where the batch is a part of a larger one
/// whose norms are synchronized, each pass brings together the sums of all parts, also of those for whose samples the norm is not computed.
/// </summary>
internal sealed class BatchNormLayer : TrainingLayer
{
    private readonly BatchNormTraining _kernel;
    private readonly BatchNormBuffers? _buffers;
    private readonly TrainingParameter? _weight;
    private readonly TrainingParameter? _bias;
    private readonly Activation _activation;
    private readonly bool _readsOutput;
    private readonly Memory<float> _mean;
    private readonly Memory<float> _variance;
    private readonly Memory<float> _inverseDeviation;
    private readonly BatchNormParts? _parts;

    internal BatchNormLayer(
        string name, TrainingValue input, TrainingValue? residual, TrainingValue output, bool relu, double epsilon, TrainingParameter? weight, TrainingParameter? bias, BatchNormBuffers? buffers,
        (IStatisticsExchange Exchange, int Batch)? statistics)
        : base(name, residual is null ? [input] : [input, residual], output)
    {
        (_weight, _bias, _buffers) = (weight, bias, buffers);
        _activation = relu ? new Activation(ActivationKind.Relu) : Activation.None;
        _readsOutput = relu && residual is not null;
        input.NeedsGradient = true; // the kernel always computes it
        _kernel = new BatchNormTraining(new BatchNormProblem
        {
            Input = input.Layout,
            Output = output.Layout,
            Residual = residual?.Layout,
            Relu = relu,
            Eps = (float)epsilon,
            OutputGradient = output.GradientLayout,
            InputGradient = input.GradientLayout,
            ResidualGradient = residual?.GradientLayout,
        });
        int channels = input.Layout.PaddedChannels;
        _parts = statistics is { } parts ? new BatchNormParts(_kernel, parts.Exchange, parts.Batch) : null;
        (_mean, _variance, _inverseDeviation) = (AlignedMemory.Allocate<float>(channels), AlignedMemory.Allocate<float>(channels), AlignedMemory.Allocate<float>(channels));
    }

    internal override SampleNeed ComputedFor => Inputs[0].Need;

    internal override bool ReadsInputBackward(int index) => index == 0;

    internal override bool ReadsOutputBackward => _readsOutput;

    internal override long PackedBytes => 3L * sizeof(float) * _mean.Length;

    internal override int WorkspaceLength(int batch) => _kernel.WorkspaceLength(batch);

    private TrainingValue? Residual => Inputs.Length > 1 ? Inputs[1] : null;

    private bool IsDropped => Inputs[0].Need.Count == 0;

    internal override void Forward(TrainingRun run)
    {
        if (IsDropped)
        {
            SkipForward(run);
            Produce(run, (part, parts) => ElementwiseKernel.Activate(run[Residual!], Residual!.Layout, _activation, run[Output], Output.Layout, Batch, part, parts));
            return;
        }

        Memory<float> workspace = run.Workspace(WorkspaceLength(Batch));
        _parts?.Forget();
        run.Parallel((part, parts) => _kernel.GatherMoments(Operands(run, workspace), part, parts));
        _parts?.Gather(Batch, workspace.Span);
        Produce(run, (part, parts) => _kernel.Normalize(Operands(run, workspace), part, parts));
        UpdateBuffers(run);
    }

    /// <inheritdoc/>
    internal override void SkipForward(TrainingRun run)
    {
        if (_parts is null)
        {
            return;
        }

        _parts.Gather(0, []);
        if (_parts.Images > 0)
        {
            Memory<float> workspace = run.Workspace(WorkspaceLength(0));
            _kernel.Normalize(Nothing(workspace), 0, 1); // the mean and the variance of the other parts
            UpdateBuffers(run);
        }
    }

    /// <inheritdoc/>
    internal override void SkipBackward(TrainingRun run) => _parts?.Gather(0, []);

    internal override void Backward(TrainingRun run)
    {
        if (IsDropped)
        {
            SkipBackward(run);
            PassBack(run, Residual!);
            return;
        }

        TrainingValue input = Inputs[0];
        (bool accumulateInput, bool accumulateResidual) = (input.HasGradient, Residual is { HasGradient: true });
        bool accumulateParameters = Accumulates(_weight, _bias);
        Memory<float> workspace = run.Workspace(WorkspaceLength(Batch));
        BatchNormBackwardOperands Backward() => new()
        {
            Batch = Batch,
            Input = run[input],
            Output = _readsOutput ? run[Output] : [],
            OutputGradient = run.GradientOf(Output),
            InputGradient = run.GradientOf(input),
            AccumulateInput = accumulateInput,
            ResidualGradient = Residual is { NeedsGradient: true } ? run.GradientOf(Residual) : [],
            AccumulateResidual = accumulateResidual,
            Weight = ValueOf(_weight),
            Bias = ValueOf(_bias),
            Mean = _mean.Span,
            InverseDeviation = _inverseDeviation.Span,
            WeightGradient = _weight is null ? [] : _weight.Gradient.Span,
            BiasGradient = _bias is null ? [] : _bias.Gradient.Span,
            AccumulateParameters = accumulateParameters,
            Workspace = workspace.Span,
            Gathered = _parts is null ? [] : _parts.Sums,
            GatheredImages = _parts is null ? [] : _parts.ChunkImages,
        };
        _parts?.Forget();
        run.Parallel((part, parts) => _kernel.GatherGradients(Backward(), part, parts));
        _parts?.Gather(Batch, workspace.Span);
        run.Parallel((part, parts) =>
        {
            ClearBorder(run, input, part, parts);
            ClearBorder(run, Residual, part, parts);
            _kernel.Propagate(Backward(), part, parts);
        });
        input.HasGradient = true;
        if (Residual is { NeedsGradient: true })
        {
            Residual.HasGradient = true;
        }
    }

    private static ReadOnlySpan<float> ValueOf(TrainingParameter? parameter) => parameter is null ? [] : parameter.Value.Span;

    private void PassBack(TrainingRun run, TrainingValue shortcut) => Propagate(run, shortcut, (part, parts, accumulate) =>
    {
        if (_readsOutput)
        {
            ElementwiseGradient.Activate(
                run.GradientOf(Output), Output.GradientLayout, _activation, run[Output], Output.Layout, run.GradientOf(shortcut), shortcut.GradientLayout, accumulate, Batch, part, parts);
        }
        else
        {
            ElementwiseGradient.Scale(run.GradientOf(Output), Output.GradientLayout, 1, run.GradientOf(shortcut), shortcut.GradientLayout, accumulate, Batch, part, parts);
        }
    });

    private static void ClearBorder(TrainingRun run, TrainingValue? value, int part, int parts)
    {
        if (value is { NeedsGradient: true, HasGradient: false })
        {
            BorderKernel.Clear(run.GradientOf(value), value.GradientLayout, value.Need.Count, part, parts);
        }
    }

    private BatchNormForwardOperands Operands(TrainingRun run, Memory<float> workspace) => new()
    {
        Batch = Batch,
        Input = run[Inputs[0]],
        Residual = Residual is null ? [] : run[Residual],
        Output = run[Output],
        Weight = ValueOf(_weight),
        Bias = ValueOf(_bias),
        Mean = _mean.Span,
        Variance = _variance.Span,
        InverseDeviation = _inverseDeviation.Span,
        Workspace = workspace.Span,
        Gathered = _parts is null ? [] : _parts.Sums,
        GatheredImages = _parts is null ? [] : _parts.ChunkImages,
    };

    private BatchNormForwardOperands Nothing(Memory<float> workspace) => new()
    {
        Batch = 0,
        Input = [],
        Output = [],
        Weight = ValueOf(_weight),
        Bias = ValueOf(_bias),
        Mean = _mean.Span,
        Variance = _variance.Span,
        InverseDeviation = _inverseDeviation.Span,
        Workspace = workspace.Span,
        Gathered = _parts!.Sums,
        GatheredImages = _parts.ChunkImages,
    };

    private void UpdateBuffers(TrainingRun run)
    {
        if (!run.IsAgain && !run.KeepsStatistics)
        {
            long images = _parts?.Images ?? Batch;
            _buffers?.Update(_mean.Span, _variance.Span, images * Output.Layout.Height * Output.Layout.Width);
        }
    }
}
