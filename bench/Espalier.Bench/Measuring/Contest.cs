using System.Collections.Immutable;
using System.Diagnostics;
using Espalier.Bench.Workers;
using Espalier.Tensors;

namespace Espalier.Bench.Measuring;

/// <summary>One network at one batch size on one number of threads, run by all contestants in turns.</summary>
/// <param name="Model">The network.</param>
/// <param name="Batch">Images of a run.</param>
/// <param name="Threads">Threads of each contestant.</param>
internal sealed record Contest(ExportedModel Model, int Batch, int Threads)
{
    /// <summary>Runs of a turn: enough to weigh more than the change of contestants, few enough that turns stay within a second or so.</summary>
    internal const int RunsPerTurn = 5;

    private const int LeastWarmUpRuns = 10;
    private const int LeastTurns = 3;

    // A run this long outweighs the change of contestants by itself.
    private static readonly TimeSpan LongRun = TimeSpan.FromMilliseconds(300);

    /// <summary>Runs of a fresh process before it is asked for its peak memory.</summary>
    internal const int FreshRuns = 10;

    // Idle threads of some runtimes spin for a while before they sleep; the next contestant shall not pay for it.
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(20);

    /// <summary>The heading of the report that it stands under, or empty.</summary>
    internal string Section { get; init; } = "";

    /// <summary>Multiply-accumulates of one image in the dense network.</summary>
    internal long MultiplyAccumulates { get; } = new Graphs.NetworkSummary(Model.NetworkDefinition().Graph).MultiplyAccumulates;

    /// <summary>Checks that all agree, then measures.</summary>
    /// <param name="contestants">Espalier first.</param>
    /// <param name="effort">How long it may take.</param>
    /// <exception cref="EspalierException">One failed, or they disagree.</exception>
    internal ContestResult Run(ImmutableArray<Contestant> contestants, Effort effort)
    {
        ImmutableArray<int> processors = Affinity.For(Threads);
        var workers = new List<WorkerProcess>();
        try
        {
            foreach (Contestant contestant in contestants)
            {
                workers.Add(new WorkerProcess(contestant, processors));
                workers[^1].Load(Model, Threads, Batch);
            }

            double difference = Compare(workers);
            workers.ForEach(worker => WarmUp(worker, effort.WarmUp));
            (List<double[]>[] turns, double peak) = TakeTurns(workers, effort);
            ImmutableArray<ContestantResult> results = [.. workers.Select((worker, i) => new ContestantResult(worker.Name, worker.Version, [.. turns[i]], []))];
            workers.ForEach(worker => worker.Dispose());
            workers.Clear();
            return new ContestResult(this, processors, difference, peak, StartAfresh(contestants, processors, results, effort.Starts));
        }
        finally
        {
            workers.ForEach(worker => worker.Dispose());
        }
    }

    private double Compare(List<WorkerProcess> workers)
    {
        workers.ForEach(worker => worker.Run(Batch, 1));
        float[][] answers = [Model.Answers(Batch), .. workers.Select(worker => worker.Output())];
        double difference = Agreement.Difference(answers);
        if (Model.Quantum is double quantum)
        {
            return Agreement.InQuanta(answers, quantum, Model.Outputs) is string refusal ? throw new EspalierException($"{refusal}; nothing was timed") : difference;
        }

        return Agreement.IsSufficient(difference)
            ? difference
            : throw new EspalierException($"the answers differ by {difference:G3} of the largest logit, more than {Agreement.Tolerance}; nothing was timed");
    }

    private void WarmUp(WorkerProcess worker, TimeSpan time)
    {
        long start = Stopwatch.GetTimestamp();
        TimeSpan past = TimeSpan.Zero;
        for (int done = 0; past < time || (done < LeastWarmUpRuns && past < 3 * time); done++, past = Stopwatch.GetElapsedTime(start))
        {
            worker.Run(Batch, 1);
        }
    }

    private (List<double[]>[] Turns, double FmaPeak) TakeTurns(List<WorkerProcess> workers, Effort effort)
    {
        double slowest = workers.Max(worker => worker.Run(Batch, 1)[0]);
        int runsPerTurn = slowest < LongRun.TotalMilliseconds ? RunsPerTurn : 1;
        double wanted = Math.Min(effort.Runs, effort.Longest.TotalMilliseconds / slowest) / runsPerTurn;
        int count = Math.Max(LeastTurns, (int)Math.Ceiling(wanted));
        List<double[]>[] turns = [.. workers.Select(_ => new List<double[]>())];
        var peaks = new List<double>();
        for (int turn = 0; turn < count; turn++)
        {
            for (int i = 0; i < workers.Count; i++)
            {
                Thread.Sleep(Settling);
                workers[i].Run(Batch, 1); // its weights and code come back into the caches
                turns[i].Add(workers[i].Run(Batch, runsPerTurn));
            }

            peaks.Add(Model.Quantum is null ? workers[0].FmaPeak(Threads) : workers[0].ByteProductPeak(Threads));
        }

        return (turns, Statistics.Of(peaks).Median);
    }

    private ImmutableArray<ContestantResult> StartAfresh(
        ImmutableArray<Contestant> contestants, ImmutableArray<int> processors, ImmutableArray<ContestantResult> results, int count)
    {
        for (int start = 0; start < count; start++)
        {
            results = [.. results.Select((result, i) => result with { Starts = result.Starts.Add(Start(contestants[i], processors)) })];
        }

        return results;
    }

    private FreshStart Start(Contestant contestant, ImmutableArray<int> processors)
    {
        using var worker = new WorkerProcess(contestant, processors);
        double ready = worker.Age.TotalMilliseconds;
        worker.Load(Model, Threads, Batch);
        worker.Run(Batch, 1);
        double first = worker.Age.TotalMilliseconds;
        worker.Run(Batch, FreshRuns - 1);
        return new FreshStart(ready, first, worker.PeakBytes());
    }
}
