using System.Collections.Immutable;
using Espalier.Tensors;

namespace Espalier.Execution;

/// <summary>Runs steps over an arena, each shared between the threads of a pool.</summary>
public sealed class StepRunner(WorkerPool pool)
{
    // Parts for each thread: enough that one slow thread does not hold up the rest, few enough that parts keep reusing what is in the cache.
    private const int PartsPerThread = 4;

    private static long s_calls;

    private readonly int _parts = pool.Threads == 1 ? 1 : pool.Threads * PartsPerThread;

    /// <summary>Runs all steps in order.</summary>
    public void Run(ImmutableArray<Step> steps, Arena arena)
    {
        foreach (Step step in steps)
        {
            Run(step, arena);
        }
    }

    /// <summary>Runs one step.</summary>
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
            Share(step, arena, _parts);
        }
    }

    // A method of its own, so that what it captures is allocated only where threads share a step.
    private void Share(Step step, Arena arena, int parts) => pool.Run(parts, part => step.Work(arena, part, parts));
}
