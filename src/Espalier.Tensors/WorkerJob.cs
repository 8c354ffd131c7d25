using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Espalier.Tensors;

/// <summary>One job of a <see cref="WorkerPool"/>: parts that are claimed in order, by whoever comes.</summary>
internal sealed class WorkerJob(int parts, Action<int> part)
{
    // Several times what a layer's part takes. A part that is still not done belongs to a thread that has lost its processor.
    private static readonly long PatienceTicks = Stopwatch.Frequency / 5_000; // 200 µs

    private readonly Lock _failing = new();
    private ManualResetEventSlim? _sleeper; // what the caller sleeps on, once it does
    private Action<int>? _part = part;
    private ExceptionDispatchInfo? _error;
    private int _failed = int.MaxValue; // the lowest index that threw
    private int _next;
    private int _done;

    internal int Parts { get; } = parts;

    /// <summary>Runs parts until all have been claimed.</summary>
    internal void RunParts()
    {
        int mine = 0;
        for (int i = Interlocked.Increment(ref _next) - 1; i < Parts; i = Interlocked.Increment(ref _next) - 1)
        {
            // Parts below the failed one still run: one of them may fail too, and then its exception is the one to throw.
            if (i < Volatile.Read(ref _failed))
            {
                RunPart(i);
            }

            mine++;
        }

        if (mine > 0 && Interlocked.Add(ref _done, mine) == Parts)
        {
            Volatile.Read(ref _sleeper)?.Set();
        }
    }

    /// <summary>Returns when every part that anyone claimed is done.</summary>
    /// <remarks>
    /// Usually the last part is about to end. Where its thread has lost its processor to another program, spinning would keep this
    /// thread's processor from it, for as long as the other program's time slice lasts: so after a while the caller sleeps and makes room.
    /// </remarks>
    internal void AwaitAll()
    {
        var spinner = default(SpinWait);
        long start = Stopwatch.GetTimestamp();
        while (Volatile.Read(ref _done) < Parts)
        {
            spinner.SpinOnce(sleep1Threshold: -1);
            if (spinner.NextSpinWillYield && Stopwatch.GetTimestamp() - start > PatienceTicks)
            {
                Sleep();
                return;
            }
        }
    }

    private void Sleep()
    {
        var sleeper = new ManualResetEventSlim(false, spinCount: 0); // no handle of the system's is behind it, so nothing to dispose of
        Volatile.Write(ref _sleeper, sleeper);
        Interlocked.MemoryBarrier(); // either the last part's thread sees the sleeper, or this one sees that it is done
        if (Volatile.Read(ref _done) < Parts)
        {
            sleeper.Wait();
        }
    }

    /// <summary>Lets go of what the parts captured (a worker remembers its last job), and throws what they threw.</summary>
    internal void Close()
    {
        _part = null;
        _error?.Throw();
    }

    private void RunPart(int index)
    {
        try
        {
            _part!(index);
        }
#pragma warning disable CA1031 // whatever a part throws belongs to the caller, who gets it from Close
        catch (Exception error)
#pragma warning restore CA1031
        {
            lock (_failing)
            {
                if (index < _failed)
                {
                    _failed = index;
                    _error = ExceptionDispatchInfo.Capture(error);
                }
            }
        }
    }
}
