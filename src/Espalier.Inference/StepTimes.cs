using System.Diagnostics;
using Espalier.Execution;
using Espalier.Tensors;

namespace Espalier.Inference;

/// <summary>Measures the steps of a plan within whole runs.</summary>
internal static class StepTimes
{
    /// <summary>Milliseconds of each step in each run: [step][run].</summary>
    internal static double[][] Measure(InferencePlan plan, StepRunner runner, Arena arena, int repetitions)
    {
        double[][] times = [.. plan.Steps.Select(_ => new double[repetitions])];
        for (int run = 0; run < repetitions; run++)
        {
            for (int step = 0; step < plan.Steps.Length; step++)
            {
                long start = Stopwatch.GetTimestamp();
                runner.Run(plan.Steps[step], arena);
                times[step][run] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }
        }

        return times;
    }

    /// <summary>The lower quartile of each step's times over the runs, which is little affected by other programs.</summary>
    internal static double[] LowerQuartiles(InferencePlan plan, WorkerPool pool, Tensor input, int batch, int repetitions)
    {
        var runner = new StepRunner(pool);
        var arena = new Arena(plan.ArenaLength, batch);
        arena.Begin(batch, input);
        runner.Run(plan.Steps, arena); // warm-up: makes memory resident and compiles code
        return [.. Measure(plan, runner, arena, repetitions).Select(times => times.Order().ElementAt(times.Length / 4))];
    }
}
