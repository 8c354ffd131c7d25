using System.Diagnostics;
using Espalier.Execution;
using Espalier.Tensors;

namespace Espalier.Inference;

/// <summary>How long the steps of a plan take, one after the other as they run.</summary>
internal static class StepTimes
{
    /// <summary>Milliseconds of each step in each of some runs: [step][run].</summary>
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

    /// <summary>For each step the time that a quarter of the runs stayed below: what the step takes when nothing else disturbs.</summary>
    internal static double[] LowerQuartiles(InferencePlan plan, WorkerPool pool, Tensor input, int batch, int repetitions)
    {
        var runner = new StepRunner(pool);
        var arena = new Arena(plan.ArenaLength, batch);
        arena.Begin(batch, input);
        runner.Run(plan.Steps, arena); // memory becomes resident, code is compiled
        return [.. Measure(plan, runner, arena, repetitions).Select(times => times.Order().ElementAt(times.Length / 4))];
    }
}
