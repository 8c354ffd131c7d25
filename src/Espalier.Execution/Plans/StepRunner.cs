using System.Collections.Immutable;
using Espalier.Tensors;

namespace Espalier.Execution;

/// <summary>Executes steps over an arena, each in parallel on the threads of a pool.</summary>
internal sealed class StepRunner(WorkerPool pool)
{
    // Parts per thread: enough that one slow thread does not delay the others, few enough that a part reuses data in the cache.
    private const int PartsPerThread = 4;

    private static long s_calls;

    private readonly int _parts = pool.Threads == 1 ? 1 : pool.Threads * PartsPerThread;

    /// <summary>Executes all steps in order.</summary>
    public void Run(ImmutableArray<Step> steps, Arena arena)
    {
        foreach (Step step in steps)
        {
            Run(step, arena);
        }
    }

    /// <summary>Executes one step.</summary>
    public void Run(Step step, Arena arena)
    {
        ArgumentNullException.ThrowIfNull(step);
        ArgumentNullException.ThrowIfNull(arena);
        arena.StepCall = Interlocked.Increment(ref s_calls);
        if (_parts == 1)
        {
            step.Work(arena, 0, 1);
        }
        else
        {
            pool.Run(_parts, arena.PartOf(step, _parts));
        }
    }
}
