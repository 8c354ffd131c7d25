using Espalier.Data;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>One training step: forward and backward pass of a batch, then the optimizer's update, with the callbacks of extensions in between.</summary>
internal sealed class TrainingStep
{
    private readonly ITrainingRun _plan;
    private readonly TrainingOptions _options;
    private readonly AuxiliaryLoss _auxiliary;
    private readonly WorkerPool _workers;
    private readonly ExtensionList _extensions;
    private readonly CounterRandom _random;
    private float[] _gradient = [];

    internal TrainingStep(ITrainingRun plan, Optimizer optimizer, TrainingOptions options, AuxiliaryLoss auxiliary, ExtensionList extensions, WorkerPool workers)
    {
        (_plan, Optimizer, _options, _auxiliary, _extensions, _workers) = (plan, optimizer, options, auxiliary, extensions, workers);
        _random = Mixing.Random(options.Seed);
    }

    internal Optimizer Optimizer { get; }

    /// <summary>Trains on one batch.</summary>
    /// <param name="batch">The batch; its images are mixed in place.</param>
    /// <param name="step">The index of the step, from 0.</param>
    /// <param name="learningRate">The learning rate of this step.</param>
    /// <param name="momentum">The momentum of this step, or <see langword="null"/> for that of the optimizer's options.</param>
    /// <exception cref="EspalierException">The loss is not finite, or a norm has a single value per channel; the weights are unchanged.</exception>
    internal StepResult Run(Batch batch, long step, double learningRate, double? momentum)
    {
        int classes = _plan.OutputShape[0];
        TargetDistribution targets = _options.Mixing.Apply(batch, classes, _options.Objective.LabelSmoothing, _random.Stream((ulong)step));
        _plan.ZeroGradients();
        _extensions.Each(static (hooks, at) => hooks.BeforeStep(at), step);
        StepResult result = default;
        foreach ((int part, (int start, int count)) in BatchParts.Of(batch.Count, _options.Accumulation).Index())
        {
            result += RunPart(Slice(batch.Images, start, count), targets.Slice(start, count), BatchParts.Draw(step, _options.Accumulation, part), 1.0 / batch.Count);
        }

        Divergence.RequireFinite(result.Loss, step); // before it reaches the weights
        _plan.Step(() =>
        {
            _extensions.Each(static (hooks, at) => hooks.GradientsReady(at), step);
            Optimizer.MaskGradients();
            _extensions.Each(static (hooks, at) => hooks.BeforeUpdate(at), step);
            Optimizer.Step(learningRate, _workers, momentum);
        });
        _extensions.Each(static (hooks, at) => hooks.AfterUpdate(at), step);
        _extensions.Each(static (hooks, at) => hooks.StepDone(at), step);
        return result;
    }

    private StepResult RunPart(Tensor images, TargetDistribution targets, long draw, double weight)
    {
        ReadOnlySpan<float> logits = _plan.Forward(images, draw);
        if (_gradient.Length < logits.Length)
        {
            _gradient = new float[logits.Length];
        }

        Span<float> gradient = _gradient.AsSpan(0, logits.Length);
        int length = logits.Length / (1 + _auxiliary.Outputs.Count);
        double loss = 0;
        for (int start = 0; start < logits.Length; start += length)
        {
            bool isAuxiliary = start > 0;
            var batch = new ObjectiveBatch
            {
                Images = images,
                Logits = logits.Slice(start, length),
                Targets = targets,
                Weight = isAuxiliary ? weight * _auxiliary.Weight : weight,
                IsAuxiliary = isAuxiliary,
            };
            loss += _options.Objective.Compute(batch, gradient.Slice(start, length));
        }

        var result = new StepResult(loss, Recognised(logits[..length], targets));
        _plan.Backward(gradient);
        return result;
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
            recognised += Largest.IndexOf(logits.Slice(i * targets.Classes, targets.Classes)) == Largest.IndexOf(targets[i]) ? 1 : 0;
        }

        return recognised;
    }
}
