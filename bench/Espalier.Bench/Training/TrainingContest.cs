using System.Collections.Immutable;
using System.Diagnostics;
using Espalier.Bench.Measuring;
using Espalier.Bench.Workers;
using Espalier.Tensors;

namespace Espalier.Bench.Training;

/// <summary>Training steps of one network, by all contestants in turns.</summary>
internal sealed class TrainingContest(TrainingRow row, ExportedModel model, int threads, Effort effort)
{
    /// <summary>The greatest difference of first losses that is allowed, as a part of the loss: the tests' own.</summary>
    internal const double Tolerance = 1e-4;

    private const int LeastWarmUpSteps = 3;
    private const int LeastTurns = 3;
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(20); // idle threads of some runtimes spin for a while

    /// <summary>Whether all compute the same, so that their first losses have to agree.</summary>
    internal bool HasOneAnswer { get; init; } = true;

    /// <summary>Checks that the first losses agree where they should, then measures.</summary>
    /// <param name="contestants">Espalier first.</param>
    /// <param name="stepsPerTurn">Timed steps of a turn.</param>
    /// <exception cref="EspalierException">A contestant failed, or the losses differ.</exception>
    internal TrainingResult Run(ImmutableArray<Contestant> contestants, int stepsPerTurn)
    {
        var workers = new List<WorkerProcess>();
        try
        {
            foreach (Contestant contestant in contestants)
            {
                workers.Add(new WorkerProcess(contestant, Affinity.For(threads)));
                workers[^1].Load(model, threads, row.Batch);
            }

            ImmutableArray<double> losses = [.. workers.Select(worker => worker.Train(row.Batch, 1).Losses[0])];
            if (HasOneAnswer)
            {
                RequireAgreement(losses);
            }

            double slowest = workers.Max(WarmUp);
            int turns = Math.Max(LeastTurns, (int)Math.Min(effort.Runs, effort.Longest.TotalMilliseconds / slowest) / stepsPerTurn);
            List<double[]>[] times = [.. workers.Select(_ => new List<double[]>())];
            for (int turn = 0; turn < turns; turn++)
            {
                for (int i = 0; i < workers.Count; i++)
                {
                    Thread.Sleep(Settling);
                    workers[i].Train(row.Batch, 1); // its weights and code come back into the caches
                    times[i].Add(workers[i].Train(row.Batch, stepsPerTurn).Milliseconds);
                }
            }

            return new TrainingResult(
                row, string.Join('x', model.Sample.Extents), losses, [.. workers.Select((worker, i) => new ContestantResult(worker.Name, worker.Version, [.. times[i]], []))]);
        }
        finally
        {
            workers.ForEach(worker => worker.Dispose());
        }
    }

    private static void RequireAgreement(ImmutableArray<double> losses)
    {
        double difference = (losses.Max() - losses.Min()) / losses[0];
        if (!(difference <= Tolerance)) // NaN is no agreement
        {
            throw new EspalierException($"the first losses are {string.Join(" and ", losses)}, further apart than {Tolerance} of them; nothing was timed");
        }
    }

    private double WarmUp(WorkerProcess worker)
    {
        long start = Stopwatch.GetTimestamp();
        double last = 0;
        for (int done = 0; done < LeastWarmUpSteps || Stopwatch.GetElapsedTime(start) < effort.WarmUp; done++)
        {
            last = worker.Train(row.Batch, 1).Milliseconds[0];
        }

        return last;
    }
}
