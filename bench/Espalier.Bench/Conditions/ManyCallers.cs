using System.Diagnostics;
using System.Globalization;
using System.Text;
using Espalier.Bench.Measuring;
using Espalier.Graphs;
using Espalier.Inference;
using Espalier.Models;
using Espalier.Tensors;

namespace Espalier.Bench.Conditions;

/// <summary>Several threads that call one predictor at the same time.</summary>
internal static class ManyCallers
{
    private const string Network = "resnet18";
    private const int WarmUpRuns = 40;

    internal static string Measure(ReportArguments effort)
    {
        TimeSpan time = effort.Time(TimeSpan.FromSeconds(3));
        Model model = Zoo.Create(Network).Initialize(0);
        Tensor input = Tensor.Zeros([1, 3, 224, 224]);
        using var predictor = new Predictor(model);
        for (int i = 0; i < effort.Runs(WarmUpRuns); i++)
        {
            predictor.Run(input);
        }

        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"""
            ## Many callers

            {Network} at 224 x 224, batch 1: one predictor of {predictor.Threads} threads, called by several threads at once for {time.TotalSeconds} s.

            | callers | images/s | ms of a call |
            |---:|---:|---:|

            """));
        foreach (int callers in new[] { 1, 2, 4, 8, 16 })
        {
            int done = 0;
            long start = Stopwatch.GetTimestamp();
            Thread[] threads = [.. Enumerable.Range(0, callers).Select(_ => new Thread(() =>
            {
                while (Stopwatch.GetElapsedTime(start) < time)
                {
                    predictor.Run(input);
                    Interlocked.Increment(ref done);
                }
            }))];
            Array.ForEach(threads, thread => thread.Start());
            Array.ForEach(threads, thread => thread.Join());
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            text.Append(CultureInfo.InvariantCulture, $"| {callers} | {done / seconds:F1} | {1000 * seconds * callers / done:F1} |\n");
        }

        return text.ToString();
    }
}
