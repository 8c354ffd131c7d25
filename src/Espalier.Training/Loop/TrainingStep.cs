using System.Buffers;
using Espalier.Data;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>One training step: forward and backward pass of a batch or of its parts, then the optimizer's update, with the callbacks of extensions in between.</summary>
internal sealed class TrainingStep
{
    private readonly ITrainingRun _plan;
    private readonly TrainingOptions _options;
    private readonly AuxiliaryLoss _auxiliary;
    private readonly WorkerPool _workers;
    private readonly ExtensionList _extensions;
    private readonly ParallelStep? _parallel;
    private readonly object _objective = new();
    private readonly CounterRandom _random;

    internal TrainingStep(ITrainingRun plan, ParallelStep? parallel, Optimizer optimizer, TrainingOptions options, AuxiliaryLoss auxiliary, ExtensionList extensions, WorkerPool workers)
    {
        (_plan, _parallel, Optimizer, _options, _auxiliary, _extensions, _workers) = (plan, parallel, optimizer, options, auxiliary, extensions, workers);
        _random = Mixing.Random(options.Seed);
    }

    internal Optimizer Optimizer { get; }

    /// <summary>Trains on one batch.</summary>
    /// <param name="batch">The batch; its images are mixed in place.</param>
    /// <param name="step">The index of the step, from 0.</param>
    /// <param name="learningRate">The learning rate of this step.</param>
    /// <param name="momentum">The momentum of this step, or <see langword="null"/> for that of the optimizer's options.</param>
    /// <param name="stops">Whether the run is asked to stop.</param>
    /// <exception cref="EspalierException">The loss is not finite, or a norm has a single value per channel; the weights are unchanged.</exception>
    internal BatchResult Run(Batch batch, long step, double learningRate, double? momentum, bool stops)
    {
        _plan.ZeroGradients();
        _extensions.Each(static (hooks, at) => hooks.BeforeStep(at), step);
        BatchResult result = _parallel?.Compute(batch, step, stops, Compute) ?? new BatchResult(Compute(_plan, batch, step, batch.Count, static () => { }), batch.Count, stops);
        Divergence.RequireFinite(result.Step.Loss, step); // before it reaches the weights
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

    private StepResult Compute(ITrainingRun run, Batch images, TrainingPass pass, int all, Action lastPass)
    {
        int classes = _plan.OutputShape[0];
        TargetDistribution targets = _options.Mixing.Apply(images, classes, _options.Objective.LabelSmoothing, _random.Stream((ulong)pass.Step));
        StepResult result = default;
        (int Start, int Count)[] parts = [.. BatchParts.Of(images.Count, _options.Accumulation)];
        foreach ((int part, (int start, int count)) in parts.Index())
        {
            TrainingPass own = pass with { Step = BatchParts.Draw(pass.Step, _options.Accumulation, part) };
            result += RunPart(run, Slice(images.Images, start, count), targets.Slice(start, count), own, 1.0 / all, part == parts.Length - 1 ? lastPass : static () => { });
        }

        return result;
    }

    private StepResult RunPart(ITrainingRun run, Tensor images, TargetDistribution targets, TrainingPass pass, double weight, Action lastPass)
    {
        ReadOnlySpan<float> logits = run.Forward(images, pass);
        float[] rented = ArrayPool<float>.Shared.Rent(logits.Length);
        Span<float> gradient = rented.AsSpan(0, logits.Length);
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
            lock (_objective)
            {
                loss += _options.Objective.Compute(batch, gradient.Slice(start, length)); // by one thread at a time, also where parts are computed at once
            }
        }

        var result = new StepResult(loss, Recognised(logits[..length], targets));
        lastPass();
        run.Backward(gradient);
        ArrayPool<float>.Shared.Return(rented);
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
