using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Espalier.Tensors;

/// <summary>One job of a <see cref="WorkerPool"/>. Each thread takes the parts of a range of its own, and then those that others have left.</summary>
/// <remarks>So neighbouring parts, which often read the same, are one thread's, and what a thread wrote in one job is what it reads in the next.</remarks>
internal sealed class WorkerJob
{
    // Several times what a layer's part takes. A part that is still not done belongs to a thread that has lost its processor.
    private static readonly long PatienceTicks = Stopwatch.Frequency / 5_000; // 200 µs

    private readonly Lock _failing = new();
    private ManualResetEventSlim? _sleeper; // what the caller sleeps on, once it does
    private readonly PartRange[] _ranges; // by thread
    private Action<int>? _part;
    private ExceptionDispatchInfo? _error;
    private int _failed = int.MaxValue; // the lowest index that threw
    private int _done;

    internal WorkerJob(int parts, int threads, Action<int> part)
    {
        (Parts, _part) = (parts, part);
        _ranges = new PartRange[threads];
        for (int thread = 0; thread < threads; thread++)
        {
            _ranges[thread] = new PartRange((int)((long)parts * thread / threads), (int)((long)parts * (thread + 1) / threads));
        }
    }

    internal int Parts { get; }

    /// <summary>Runs parts until all have been taken.</summary>
    /// <param name="thread">The thread's number in its pool.</param>
    internal void RunParts(int thread)
    {
        int mine = 0;
        for (int i = Take(thread); i != PartRange.None; i = Take(thread))
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

    /// <summary>The next part for a thread; <see cref="PartRange.None"/> if all are taken.</summary>
    internal int Take(int thread)
    {
        int part = _ranges[thread].TakeFirst();
        for (int i = 1; i < _ranges.Length && part == PartRange.None; i++)
        {
            part = _ranges[(thread + i) % _ranges.Length].TakeLast();
        }

        return part;
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
