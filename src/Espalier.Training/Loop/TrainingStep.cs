using Espalier.Data;
using Espalier.Execution;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>One step: a batch forward and backward, then the optimizer.</summary>
internal sealed class TrainingStep
{
    private readonly TrainingPlan _plan;
    private readonly TrainingOptions _options;
    private readonly WorkerPool _workers;
    private readonly GradientClipping _clipping;
    private readonly CounterRandom _random;
    private readonly NormScalePenalty? _penalty;
    private float[] _gradient = [];

    internal TrainingStep(TrainingPlan plan, Optimizer optimizer, TrainingOptions options, WorkerPool workers)
    {
        _plan = plan;
        Optimizer = optimizer;
        _options = options;
        _workers = workers;
        _clipping = new GradientClipping(plan.Parameters);
        _random = new CounterRandom(options.Seed).Stream("mixing");
        _penalty = options.NormScaleDecay > 0 ? new NormScalePenalty(plan, options.NormScaleDecay) : null;
    }

    internal Optimizer Optimizer { get; }

    /// <summary>Learns from one batch.</summary>
    /// <param name="batch">The batch; its images are mixed in place.</param>
    /// <param name="step">Which step it is, from 0 on.</param>
    /// <param name="learningRate">Of this step.</param>
    /// <param name="momentum">Of this step, or <see langword="null"/> for the optimizer's own.</param>
    /// <exception cref="EspalierException">The loss is not a number, or a norm has a single value per channel; the weights are as they were.</exception>
    internal StepResult Run(Batch batch, long step, double learningRate, double? momentum)
    {
        int classes = _plan.OutputShape[0];
        TargetDistribution targets = _options.Mixing.Apply(batch, classes, _options.LabelSmoothing, _random.Stream((ulong)step));
        _plan.ZeroGradients();
        StepResult result = default;
        foreach ((int part, (int start, int count)) in BatchParts.Of(batch.Count, _options.Accumulation).Index())
        {
            result += RunPart(Slice(batch.Images, start, count), targets.Slice(start, count), BatchParts.Draw(step, _options.Accumulation, part), 1.0 / batch.Count);
        }

        Divergence.RequireFinite(result.Loss, step); // before it gets into the weights
        _penalty?.Add();
        Clip();
        Optimizer.Step(learningRate, _workers, momentum);
        _plan.ParametersChanged();
        return result;
    }

    private StepResult RunPart(Tensor images, TargetDistribution targets, long draw, double weight)
    {
        ReadOnlySpan<float> teacher = _options.Distillation is { } d ? d.Teacher(images).Read<float>() : [];
        ReadOnlySpan<float> logits = _plan.Forward(images, draw);
        if (_gradient.Length < logits.Length)
        {
            _gradient = new float[logits.Length];
        }

        Span<float> gradient = _gradient.AsSpan(0, logits.Length);
        double loss = CrossEntropy.Compute(logits, targets, weight, gradient);
        if (_options.Distillation is { } distillation)
        {
            loss = distillation.Join(loss, logits, teacher, targets.Classes, weight, gradient);
        }

        var result = new StepResult(loss, Recognised(logits, targets));
        _plan.Backward(gradient);
        return result;
    }

    private void Clip()
    {
        Optimizer.MaskGradients();
        if (_options.ClipValue is double value)
        {
            _clipping.ByValue(value, _workers);
        }

        if (_options.ClipNorm is double norm)
        {
            _clipping.ByNorm(norm, _workers);
        }
    }

    private static Tensor Slice(Tensor images, int start, int count)
    {
        if (count == images.Shape[0])
        {
            return images;
        }

        int sample = images.Bytes.Length / images.Shape[0];
        return Tensor.Over(images.Shape.WithoutFirst().Prepend(count), images.Type, images.Bytes.Slice(start * sample, count * sample));
    }

    private static int Recognised(ReadOnlySpan<float> logits, TargetDistribution targets)
    {
        int recognised = 0;
        for (int i = 0; i < targets.Count; i++)
        {
            recognised += Greatest(logits.Slice(i * targets.Classes, targets.Classes)) == Greatest(targets[i]) ? 1 : 0;
        }

        return recognised;
    }

    private static int Greatest(ReadOnlySpan<float> values)
    {
        int greatest = 0;
        for (int i = 1; i < values.Length; i++)
        {
            greatest = values[i] > values[greatest] ? i : greatest;
        }

        return greatest;
    }
}
