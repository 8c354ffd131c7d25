using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Espalier.Tensors;

/// <summary>One job of a <see cref="WorkerPool"/>. Each thread takes the parts of a range of its own, and then those that others have left.</summary>
/// <remarks>
/// So neighbouring parts, which often read the same, are one thread's, and what a thread wrote in one job is what it reads in the next. A job is used again for another one, so that
/// handing work out allocates nothing, but only once no worker looks at it any more: one that has lost its processor holds up nobody.
/// </remarks>
internal sealed class WorkerJob
{
    // Several times what a layer's part takes. A part that is still not done belongs to a thread that has lost its processor.
    private static readonly long PatienceTicks = Stopwatch.Frequency / 5_000; // 200 µs

    private const int SettingUp = int.MinValue / 2; // far below what any number of workers adds up to

    private readonly Lock _failing = new();
    private readonly object _gate = new(); // what the caller sleeps on
    private readonly PartRange[] _ranges; // by thread
    private bool _sleeping;
    private Action<int>? _part;
    private ExceptionDispatchInfo? _error;
    private int _failed = int.MaxValue; // the lowest index that threw
    private int _done;
    private int _lookers; // workers that look at it; negative while it is set up
    private long _number;

    /// <summary>A job that <see cref="TryBegin"/> is to set up.</summary>
    internal WorkerJob(int threads) => _ranges = new PartRange[threads];

    internal WorkerJob(int parts, int threads, Action<int> part)
        : this(threads) => TryBegin(parts, part, 1);

    internal int Parts { get; private set; }

    /// <summary>Tells this use of the job from every other one, of any job of its pool.</summary>
    internal long Number => Volatile.Read(ref _number);

    /// <summary>Sets the job up, unless a worker still looks at it.</summary>
    internal bool TryBegin(int parts, Action<int> part, long number)
    {
        if (Interlocked.CompareExchange(ref _lookers, SettingUp, 0) != 0)
        {
            return false;
        }

        (Parts, _part, _error, _failed, _done, _sleeping) = (parts, part, null, int.MaxValue, 0, false);
        for (int thread = 0; thread < _ranges.Length; thread++)
        {
            _ranges[thread] = new PartRange((int)((long)parts * thread / _ranges.Length), (int)((long)parts * (thread + 1) / _ranges.Length));
        }

        Volatile.Write(ref _number, number);
        Interlocked.Add(ref _lookers, -SettingUp); // not a plain write: a worker may have counted itself in the meantime
        return true;
    }

    /// <summary>Keeps the job as it is until <see cref="Leave"/>; false while it is being set up.</summary>
    internal bool TryEnter()
    {
        if (Interlocked.Increment(ref _lookers) > 0)
        {
            return true;
        }

        Leave();
        return false;
    }

    internal void Leave() => Interlocked.Decrement(ref _lookers);

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

        if (mine > 0 && Interlocked.Add(ref _done, mine) == Parts && Volatile.Read(ref _sleeping))
        {
            lock (_gate)
            {
                Monitor.Pulse(_gate);
            }
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
        lock (_gate)
        {
            Volatile.Write(ref _sleeping, true);
            Interlocked.MemoryBarrier(); // either the last part's thread sees the sleeper, or this one sees that it is done
            while (Volatile.Read(ref _done) < Parts)
            {
                Monitor.Wait(_gate);
            }
        }
    }

    /// <summary>Lets go of what the parts captured, and throws what they threw.</summary>
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
