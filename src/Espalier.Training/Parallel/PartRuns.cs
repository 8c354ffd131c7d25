using System.Runtime.ExceptionServices;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>The runs that compute the parts of this process: one for all of them, one after another, or, where norms are synchronized, one for each, at the same time.</summary>
internal sealed class PartRuns : IDisposable
{
    private readonly ITrainingRun[] _runs;
    private readonly WorkerPool[] _pools;
    private readonly IProcessGroup? _channel;
    private readonly NormExchange? _norms;
    private readonly int _parts;

    /// <param name="runtime">What computes.</param>
    /// <param name="model">The model.</param>
    /// <param name="options">The options of each run; <see cref="TrainingRunOptions.Batch"/> is the largest part.</param>
    /// <param name="parallel">The parts.</param>
    internal PartRuns(IRuntime runtime, Model model, TrainingRunOptions options, DataParallel parallel)
    {
        _parts = parallel.OwnParts;
        bool synchronizes = parallel.SynchronizeNorms && parallel.AllParts > 1;
        _channel = synchronizes ? parallel.Others?.Duplicate() : null;
        _norms = synchronizes ? new NormExchange(_parts, _channel) : null;
        int threads = synchronizes ? _parts : 1;
        _runs = new ITrainingRun[threads];
        _pools = threads == 1 ? [] : new WorkerPool[threads];
        try
        {
            for (int i = 0; i < threads; i++)
            {
                WorkerPool workers = threads == 1 ? options.Workers! : _pools[i] = new WorkerPool(Math.Max(1, options.Workers!.Threads / threads));
                _runs[i] = runtime.PrepareTraining(model, options with { Workers = workers, Statistics = _norms?.Of(i) });
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The number of runs.</summary>
    internal int Count => _runs.Length;

    /// <summary>The run whose parameters are trained; the others follow it.</summary>
    internal ITrainingRun First => _runs[0];

    /// <summary>Computes all parts and calls <paramref name="done"/> for each, in their order, when its gradients are in the parameters of its run.</summary>
    /// <param name="compute">Computes the forward and backward passes of a part; with several runs it is called by several threads.</param>
    /// <param name="done">Takes the gradients of a part.</param>
    internal void Run(Action<ITrainingRun, int> compute, Action<ITrainingRun> done)
    {
        if (_runs.Length == 1)
        {
            for (int part = 0; part < _parts; part++)
            {
                First.ZeroGradients();
                compute(First, part);
                done(First);
            }

            return;
        }

        Follow();
        RunAtOnce(compute);
        foreach (ITrainingRun run in _runs)
        {
            done(run);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (ITrainingRun? run in _runs)
        {
            run?.Dispose();
        }

        foreach (WorkerPool? pool in _pools)
        {
            pool?.Dispose();
        }

        _channel?.Dispose();
    }

    private void RunAtOnce(Action<ITrainingRun, int> compute)
    {
        _norms!.Begin();
        Thread[] threads = [.. Enumerable.Range(0, _runs.Length).Select(part => new Thread(() =>
        {
            try
            {
                _runs[part].ZeroGradients();
                compute(_runs[part], part);
            }
#pragma warning disable CA1031 // it is rethrown once the other parts have ended
            catch (Exception error)
#pragma warning restore CA1031
            {
                _norms.Fail(error);
            }
        }) { IsBackground = true, Name = $"Espalier part {part + 1}" })];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        if (_norms.Failure is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    // The parameters, masks and running statistics of the other runs.
    private void Follow()
    {
        foreach (ITrainingRun run in _runs.Skip(1))
        {
            run.Step(() =>
            {
                foreach ((TrainingParameter from, TrainingParameter to) in First.Parameters.Zip(run.Parameters))
                {
                    from.Value.CopyTo(to.Value);
                    to.Mask = from.Mask;
                }
            });
            run.Load(First.Buffers);
        }
    }
}
