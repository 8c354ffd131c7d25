using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Espalier.Tensors;

/// <summary>One job of a <see cref="WorkerPool"/>. Each thread runs the parts of its own range, then remaining parts of other threads' ranges.</summary>
/// <remarks>
/// Neighbouring parts, which often read the same data, run on one thread, and data written in one job is read by the same thread in the next. A job object is used again for another job, so that
/// handing out work allocates nothing, but only after all workers have left it: a worker that has lost its processor delays no other thread.
/// </remarks>
internal sealed class WorkerJob
{
    // Several times the duration of one part of a layer. A part that takes longer belongs to a thread that lost its processor.
    private static readonly long PatienceTicks = Stopwatch.Frequency / 5_000; // 200 µs

    private const int SettingUp = int.MinValue / 2; // far below what any number of workers adds up to

    private readonly Lock _failing = new();
    private readonly object _gate = new(); // what the caller sleeps on
    private readonly PartRange[] _ranges; // by thread
    private bool _sleeping;
    private Action<int>? _part;
    private ExceptionDispatchInfo? _error;
    private int _failed = int.MaxValue; // the lowest index of a part that threw
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

    /// <summary>Runs parts until none is left.</summary>
    /// <param name="thread">The thread's index in its pool.</param>
    internal void RunParts(int thread)
    {
        int mine = 0;
        for (int i = Take(thread); i != PartRange.None; i = Take(thread))
        {
            // Parts before the failed one still run: if one of them fails too, its exception is the one to throw.
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

    /// <summary>Returns when every started part has finished.</summary>
    /// <remarks>
    /// Usually the last part is about to end. If its thread has lost its processor to another program, spinning here could keep a
    /// processor from it for a whole time slice, so after a while the caller sleeps instead.
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

    /// <summary>Takes the next part for a thread; <see cref="PartRange.None"/> if none is left.</summary>
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

    /// <summary>Releases what the parts captured, and throws their exception, if any.</summary>
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
#pragma warning disable CA1031 // exceptions of parts are rethrown to the caller by Close
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
