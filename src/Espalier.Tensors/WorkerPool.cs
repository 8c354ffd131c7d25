using System.Diagnostics;

namespace Espalier.Tensors;

/// <summary>A fixed set of threads that run the parts of a job in parallel. Idle workers spin briefly for the next job, then sleep.</summary>
/// <remarks>
/// Starting a job costs some tens of nanoseconds while the workers spin. Each thread runs the parts of its own range one by one, then those that
/// others have left, so a worker that the operating system suspends delays only its current part. The result of a part must not depend on
/// the thread or time at which it runs: then results, and the exception of a failing job, are the same for any number of threads.
/// </remarks>
public sealed class WorkerPool : IDisposable
{
    // Longer than the gap between two layers, far shorter than a time slice (some milliseconds), so idle workers cost little.
    private static readonly long SpinTicks = Stopwatch.Frequency / 10_000; // 100 µs

    // One is enough unless a worker has lost its processor while it looked at it.
    private const int KeptJobs = 4;

    private readonly Thread[] _workers;
    private readonly WorkerJob[] _jobs;
    private readonly SemaphoreSlim _wake = new(0);
    private volatile WorkerJob? _current;
    private volatile bool _stopping;
    private int _disposed;
    private int _busy;
    private long _number; // of the last job
    private int _parked;

    /// <summary>Creates a pool of <paramref name="threads"/> threads, including the calling one; a pool of 1 has no worker threads.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than 1 or more than 1024 threads.</exception>
    public WorkerPool(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(threads, ThreadCount.Most);
        Threads = threads;
        _jobs = [.. Enumerable.Range(0, threads == 1 ? 0 : KeptJobs).Select(_ => new WorkerJob(threads))];
        _workers = new Thread[threads - 1];
        for (int i = 0; i < _workers.Length; i++)
        {
            int thread = i + 1; // the caller is 0
            _workers[i] = new Thread(() => Work(thread)) { IsBackground = true, Name = $"Espalier worker {thread}" };
            _workers[i].UnsafeStart(); // without the execution context of the creating thread, which the workers would keep alive
        }
    }

    /// <summary>Number of threads that run a job, including the calling one.</summary>
    public int Threads { get; }

    /// <summary>Runs <paramref name="part"/> for every index in [0, <paramref name="parts"/>) and returns when all are done.</summary>
    /// <remarks>
    /// While another job is running, from another caller or from a part that calls this, the calling thread runs all parts
    /// itself. When parts throw, the exception of the lowest index is thrown here, as in a sequential
    /// loop; parts with higher indices may or may not have run.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="parts"/> is negative.</exception>
    /// <exception cref="ObjectDisposedException">The pool has been disposed.</exception>
    public void Run(int parts, Action<int> part)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(parts);
        ArgumentNullException.ThrowIfNull(part);
        ObjectDisposedException.ThrowIf(_stopping, this);
        if (parts <= 1 || _workers.Length == 0 || Interlocked.CompareExchange(ref _busy, 1, 0) != 0)
        {
            for (int i = 0; i < parts; i++)
            {
                part(i);
            }

            return;
        }

        try
        {
            RunShared(Begin(parts, part));
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }
    }

    /// <summary>Ends the workers, after a running job has finished. Must not be called from within a part.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        SpinWait.SpinUntil(() => Interlocked.CompareExchange(ref _busy, 1, 0) == 0); // stays set: no job starts after this
        _stopping = true;
        _wake.Release(Threads);
        foreach (Thread worker in _workers)
        {
            worker.Join();
        }

        _wake.Dispose();
    }

    /// <summary>A job that no worker looks at any more, set up anew; for one caller at a time.</summary>
    private WorkerJob Begin(int parts, Action<int> part)
    {
        long number = ++_number;
        foreach (WorkerJob job in _jobs)
        {
            if (job.TryBegin(parts, part, number))
            {
                return job;
            }
        }

        var another = new WorkerJob(Threads);
        another.TryBegin(parts, part, number);
        return another;
    }

    private void RunShared(WorkerJob job)
    {
        _current = job;
        Interlocked.MemoryBarrier(); // publish the job before checking which workers sleep: see Park
        Unpark(job.Parts - 1);
        job.RunParts(0);
        job.AwaitAll();
        _current = null;
        job.Close();
    }

    private void Work(int thread)
    {
        long last = 0;
        while (!_stopping)
        {
            if (AwaitJob(last) is WorkerJob job)
            {
                last = job.Number;
                job.RunParts(thread);
                job.Leave();
            }
        }
    }

    /// <summary>The next job, entered; <see langword="null"/> after a while without one.</summary>
    private WorkerJob? AwaitJob(long last)
    {
        long start = Stopwatch.GetTimestamp();
        do
        {
            for (int spin = 0; spin < 16; spin++) // reading the clock costs as much as a pause, so it is read every 16 pauses
            {
                if (IsNew(last) && TryEnter(last) is WorkerJob job)
                {
                    return job;
                }

                Thread.SpinWait(1);
            }
        }
        while (Stopwatch.GetTimestamp() - start < SpinTicks);
        Park(last);
        return null;
    }

    private bool IsNew(long last) => _current is WorkerJob job && job.Number != last;

    private WorkerJob? TryEnter(long last)
    {
        if (_current is not WorkerJob job || !job.TryEnter())
        {
            return null;
        }

        if (job.Number != last)
        {
            return job;
        }

        job.Leave();
        return null;
    }

    // Every increment of _parked is either undone by its worker or, together with one semaphore permit, by Unpark: so permits
    // never accumulate, and a worker that is slow to wake is woken once.
    private void Park(long last)
    {
        Interlocked.Increment(ref _parked);
        // A job published before the increment has seen no sleeping worker: check once more before sleeping.
        bool stay = !IsNew(last) && !_stopping;
        if (stay || TakeParked(1) == 0)
        {
            _wake.Wait();
        }
    }

    private void Unpark(int most)
    {
        int taken = TakeParked(most);
        if (taken > 0)
        {
            _wake.Release(taken);
        }
    }

    private int TakeParked(int most)
    {
        int parked = Volatile.Read(ref _parked);
        while (parked > 0)
        {
            int taken = Math.Min(parked, most);
            int before = Interlocked.CompareExchange(ref _parked, parked - taken, parked);
            if (before == parked)
            {
                return taken;
            }

            parked = before;
        }

        return 0;
    }
}
