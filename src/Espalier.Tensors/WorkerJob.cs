using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Espalier.Tensors;

/// <summary>One job of a <see cref="WorkerPool"/>. Each thread runs the parts of its own range, then remaining parts of other threads' ranges.</summary>
/// <remarks>Neighbouring parts, which often read the same data, run on one thread, and data written in one job is read by the same thread in the next.</remarks>
internal sealed class WorkerJob
{
    // Several times the duration of one part of a layer. A part that takes longer belongs to a thread that lost its processor.
    private static readonly long PatienceTicks = Stopwatch.Frequency / 5_000; // 200 µs

    private readonly Lock _failing = new();
    private ManualResetEventSlim? _sleeper; // the event that the caller waits on, once it stops spinning
    private readonly PartRange[] _ranges; // by thread
    private Action<int>? _part;
    private ExceptionDispatchInfo? _error;
    private int _failed = int.MaxValue; // the lowest index of a part that threw
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

        if (mine > 0 && Interlocked.Add(ref _done, mine) == Parts)
        {
            Volatile.Read(ref _sleeper)?.Set();
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
        var sleeper = new ManualResetEventSlim(false, spinCount: 0); // it has no operating system handle, so it needs no disposal
        Volatile.Write(ref _sleeper, sleeper);
        Interlocked.MemoryBarrier(); // either the last part's thread sees the sleeper, or this one sees that it is done
        if (Volatile.Read(ref _done) < Parts)
        {
            sleeper.Wait();
        }
    }

    /// <summary>Releases what the parts captured (workers keep a reference to their last job), and throws their exception, if any.</summary>
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
