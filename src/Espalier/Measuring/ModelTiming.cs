using System.Diagnostics;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Measures the time that the ledger notes: the median of one sample on one thread, folded and fused as the model will be used.</summary>
internal static class ModelTiming
{
    private const int Warmup = 3;
    private const int Least = 7; // the fewest runs of which a median says something
    private const int Most = 2000;
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(1); // for a verb that is about something else

    internal static double Milliseconds(Model model, IRuntime runtime, CancellationToken cancellation) => Measure([model], runtime, cancellation)[0].Percentile(0.5);

    /// <summary>Measures several models in turns, so that whatever else the machine does slows all of them.</summary>
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
    /// <param name="warmup">Turns that do not count.</param>
    /// <param name="least">The fewest turns that count, whatever time they take.</param>
    /// <param name="most">The most turns that count.</param>
    /// <param name="budget">The time after which no more turns than those begin.</param>
    /// <param name="cancellation">Looked at before each run.</param>
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
