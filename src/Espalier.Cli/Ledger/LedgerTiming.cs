using System.Diagnostics;
using Espalier.Graphs;
using Espalier.Inference;
using Espalier.Tensors;

namespace Espalier.Cli;

/// <summary>Measures the time that the ledger notes: the median of one sample on one thread, folded and fused as the model will be used.</summary>
internal static class LedgerTiming
{
    private const int Warmup = 3;
    private const int Least = 7; // the fewest runs of which a median says something
    private const int Most = 2000;
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(1); // for a verb that is about something else

    internal static double Milliseconds(Model model, CancellationToken cancellation) => Measure([model], cancellation)[0].Percentile(0.5);

    /// <summary>Measures several models in turns, so that whatever else the machine does slows all of them.</summary>
    internal static Latencies[] Measure(IReadOnlyList<Model> models, CancellationToken cancellation)
    {
        Predictor[] predictors = [.. models.Select(model => new Predictor(model, new PredictorOptions { Threads = 1 }))];
        try
        {
            Tensor[] inputs = [.. models.Select(model => RandomInput.Create(model.Graph.ShapeOf(model.Graph.Input.Name).Prepend(1), seed: 0))];
            List<double>[] times = [.. models.Select(_ => new List<double>())];
            long start = Stopwatch.GetTimestamp();
            for (int run = -Warmup; run < Least || (run < Most && Stopwatch.GetElapsedTime(start) < Budget * models.Count); run++)
            {
                for (int i = 0; i < predictors.Length; i++)
                {
                    cancellation.ThrowIfCancellationRequested();
                    long begin = Stopwatch.GetTimestamp();
                    predictors[i].Run(inputs[i]);
                    if (run >= 0)
                    {
                        times[i].Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
                    }
                }
            }

            return [.. times.Select(list => new Latencies(list))];
        }
        finally
        {
            Array.ForEach(predictors, predictor => predictor.Dispose());
        }
    }
}
