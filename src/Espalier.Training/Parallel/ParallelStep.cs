using System.Globalization;
using Espalier.Data;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>The gradients of a batch that is cut into parts: each part's by itself, their sums over all parts, and what the processes tell each other at a step.</summary>
internal sealed class ParallelStep : IDisposable
{
    private const long EndOfEpoch = -1;

    private readonly DataParallel _parallel;
    private readonly PartRuns _runs;
    private readonly GradientExchange _gradients;
    private bool _isLastPass;

    internal ParallelStep(IRuntime runtime, Model model, TrainingRunOptions options, DataParallel parallel)
    {
        _parallel = parallel;
        _runs = new PartRuns(runtime, model, options with { GradientReady = GradientReady }, parallel);
        try
        {
            _gradients = new GradientExchange(_runs.First.Parameters, parallel);
        }
        catch
        {
            _runs.Dispose();
            throw;
        }
    }

    /// <summary>Computes the forward and backward passes of a part.</summary>
    /// <param name="run">The run that computes it.</param>
    /// <param name="part">The images of the part.</param>
    /// <param name="pass">The step, the place of the first image in the batch, and whether running statistics stay as they are.</param>
    /// <param name="images">The number of images of the whole batch.</param>
    /// <param name="lastPass">Called before the last of several backward passes.</param>
    internal delegate StepResult ComputePart(ITrainingRun run, Batch part, TrainingPass pass, int images, Action lastPass);

    /// <summary>The memory of all runs of this process, and of the sums of gradients.</summary>
    internal MemoryForecast Memory => _runs.First.Memory with
    {
        Arena = _runs.Count * _runs.First.Memory.Arena,
        Parameters = _runs.Count * _runs.First.Memory.Parameters,
        ParameterGradients = (_runs.Count * _runs.First.Memory.ParameterGradients) + _gradients.Bytes,
        PackedWeights = _runs.Count * _runs.First.Memory.PackedWeights,
    };

    /// <summary>The run whose parameters are trained.</summary>
    internal ITrainingRun Run => _runs.First;

    /// <summary>Computes the gradients of a batch.</summary>
    /// <param name="batch">The images of this process.</param>
    /// <param name="step">The index of the step.</param>
    /// <param name="stops">Whether this process is asked to stop.</param>
    /// <param name="compute">Computes a part.</param>
    /// <exception cref="EspalierException">No image of a part could be read, or a process is at another step.</exception>
    internal BatchResult Compute(Batch batch, long step, bool stops, ComputePart compute)
    {
        long[][] all = Tell(batch, step, stops);
        int images = checked((int)all.Sum(process => process[2..].Sum()));
        int first = (int)all[.._parallel.Rank].Sum(process => process[2..].Sum());
        (int Start, int Count)[] parts = Ranges(batch.Parts);
        double[] results = new double[2 * parts.Length];
        _gradients.Begin();
        _runs.Run(
            (run, part) =>
            {
                (int start, int count) = parts[part];
                var pass = new TrainingPass(step) { FirstSample = first + start, KeepsStatistics = !_parallel.SynchronizeNorms && first + start > 0 };
                StepResult result = compute(run, batch.Slice(start, count), pass, images, () => _isLastPass = true);
                _isLastPass = false;
                (results[2 * part], results[(2 * part) + 1]) = (result.Loss, result.Correct);
            },
            run => _gradients.Add(run.Parameters));
        StepResult total = default;
        foreach (double[] part in _parallel.Others.Gather(results).Chunk(2))
        {
            total += new StepResult(part[0], (int)part[1]);
        }

        _gradients.Finish();
        return new BatchResult(total, images, all.Any(process => process[1] != 0));
    }

    /// <summary>Called after the last batch of an epoch: it would be missed by a process for which no image of that batch could be read.</summary>
    /// <exception cref="EspalierException">A process is at another step.</exception>
    internal void EndEpoch()
    {
        if (_parallel.Others is not null)
        {
            long[] none = new long[2 + _parallel.OwnParts];
            none[0] = EndOfEpoch;
            RequireSameStep(_parallel.Others.Gather(none), EndOfEpoch);
        }
    }

    /// <summary>Takes over the running statistics of the first process, which has those of the first part.</summary>
    internal void TakeStatistics()
    {
        if (_parallel.Others is { } processes && !_parallel.SynchronizeNorms)
        {
            Run.Load([.. Run.Buffers.OrderBy(buffer => buffer.Key, StringComparer.Ordinal).Select(buffer =>
            {
                byte[] bytes = buffer.Value.Bytes.ToArray();
                processes.Broadcast(bytes, 0);
                return KeyValuePair.Create(buffer.Key, Tensor.Over(buffer.Value.Shape, buffer.Value.Type, bytes));
            })]);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _gradients.Dispose();
        _runs.Dispose();
    }

    private void GradientReady(TrainingParameter parameter)
    {
        if (_isLastPass)
        {
            _gradients.Complete(parameter);
        }
    }

    // [step, asked to stop, images of each part] of each process.
    private long[][] Tell(Batch batch, long step, bool stops)
    {
        long[] told = _parallel.Others.Gather([step, stops ? 1 : 0, .. batch.Parts.Select(count => (long)count)]);
        RequireSameStep(told, step);
        long[][] all = [.. told.Chunk(2 + _parallel.OwnParts)];
        for (int rank = 0; rank < all.Length; rank++)
        {
            if (Array.IndexOf(all[rank], 0L, 2) is >= 2 and int empty)
            {
                throw new SharedFailureException($"no image of part {(rank * _parallel.OwnParts) + empty - 1} of the batch of step {step + 1} could be read");
            }
        }

        return all;
    }

    private void RequireSameStep(long[] told, long step)
    {
        long[] steps = [.. told.Chunk(2 + _parallel.OwnParts).Select(process => process[0])];
        if (steps.Any(other => other != step))
        {
            throw new SharedFailureException($"the processes are at different steps ({string.Join(", ", steps.Select(other => other == EndOfEpoch ? "end of the epoch" : (other + 1).ToString(CultureInfo.InvariantCulture)))}): one of them could read no image of a batch");
        }
    }

    private static (int Start, int Count)[] Ranges(int[] sizes)
    {
        var ranges = new (int, int)[sizes.Length];
        int start = 0;
        foreach ((int part, int size) in sizes.Index())
        {
            ranges[part] = (start, size);
            start += size;
        }

        return ranges;
    }
}

/// <summary>The result of a step over all parts and processes.</summary>
/// <param name="Step">The loss and the number of correct predictions.</param>
/// <param name="Images">The number of images.</param>
/// <param name="Stops">Whether a process was asked to stop.</param>
internal readonly record struct BatchResult(StepResult Step, int Images, bool Stops);
