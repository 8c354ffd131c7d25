using System.Diagnostics;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Measures the latency that the ledger records: the median for one sample on one thread, with the model folded and fused as for inference.</summary>
internal static class ModelTiming
{
    private const int Warmup = 3;
    private const int Least = 7; // the fewest runs for a meaningful median
    private const int Most = 2000;
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(1); // short, because the measurement is only a part of other operations

    internal static double Milliseconds(Model model, IRuntime runtime, CancellationToken cancellation) => Measure([model], runtime, cancellation)[0].Percentile(0.5);

    /// <summary>Measures several models in turns, so that other load on the machine affects all of them equally.</summary>
    internal static Latencies[] Measure(IReadOnlyList<Model> models, IRuntime runtime, CancellationToken cancellation)
    {
        IRunnable[] runnables = [.. models.Select(model => runtime.Prepare(model, new RunOptions { Threads = 1 }))];
        try
        {
            return InTurns(runnables, Warmup, Least, Most, Budget * models.Count, cancellation);
        }
        finally
        {
            Array.ForEach(runnables, runnable => runnable.Dispose());
        }
    }

    /// <summary>Measures prepared models in turns, a sample of random numbers at a time.</summary>
    /// <param name="runnables">The models.</param>
    /// <param name="warmup">The number of warm-up turns.</param>
    /// <param name="least">The minimum number of measured turns, regardless of the time.</param>
    /// <param name="most">The maximum number of measured turns.</param>
    /// <param name="budget">The time after which no further turns start, except for the minimum number.</param>
    /// <param name="cancellation">Checked before each run.</param>
    internal static Latencies[] InTurns(IReadOnlyList<IRunnable> runnables, int warmup, int least, int most, TimeSpan budget, CancellationToken cancellation)
    {
        Tensor[] inputs = [.. runnables.Select(runnable => RandomInput.Create(runnable.Graph.ShapeOf(runnable.Graph.Input.Name).Prepend(1), seed: 0))];
        List<double>[] times = [.. runnables.Select(_ => new List<double>())];
        long start = Stopwatch.GetTimestamp();
        for (int run = -warmup; run < least || (run < most && Stopwatch.GetElapsedTime(start) < budget); run++)
        {
            for (int i = 0; i < inputs.Length; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                long begin = Stopwatch.GetTimestamp();
                runnables[i].Run(inputs[i]);
                if (run >= 0)
                {
                    times[i].Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
                }
            }
        }

        return [.. times.Select(list => new Latencies(list))];
    }
}
