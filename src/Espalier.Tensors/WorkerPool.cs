using System.Diagnostics;

namespace Espalier.Tensors;

/// <summary>A fixed set of threads that split one job into parts: they spin for a short while for the next job, then park.</summary>
/// <remarks>
/// A hand-off costs some tens of nanoseconds while the workers spin. Each takes the parts of its own share one by one, then those that
/// others have left, so a worker that the operating system holds up delays only the part it has. What a part computes must not depend on
/// who runs it or when: then results, and the exception that a failing job throws, are the same for any number of threads.
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

    /// <summary>A pool of <paramref name="threads"/> threads, the calling one included: one thread means no workers at all.</summary>
    public WorkerPool(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        Threads = threads;
        _jobs = [.. Enumerable.Range(0, threads == 1 ? 0 : KeptJobs).Select(_ => new WorkerJob(threads))];
        _workers = new Thread[threads - 1];
        for (int i = 0; i < _workers.Length; i++)
        {
            int thread = i + 1; // the caller is 0
            _workers[i] = new Thread(() => Work(thread)) { IsBackground = true, Name = $"Espalier worker {thread}" };
            _workers[i].UnsafeStart(); // without the maker's execution context, which the workers would keep alive
        }
    }

    /// <summary>How many threads share a job, the calling one included.</summary>
    public int Threads { get; }

    /// <summary>Runs <paramref name="part"/> for every index in [0, <paramref name="parts"/>) and returns when all are done.</summary>
    /// <remarks>
    /// While another job is running, be it another caller's or the one whose part calls this, the calling thread does the whole of
    /// its own: the machine is busy either way. When parts throw, the exception of the lowest index is thrown here, as a plain
    /// loop would have it; parts above it may or may not have run.
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

    /// <summary>Ends the workers, once a job that is running is done. Not to be called from within a part.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        SpinWait.SpinUntil(() => Interlocked.CompareExchange(ref _busy, 1, 0) == 0); // for good: no job starts after this
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
        Interlocked.MemoryBarrier(); // publish the job before looking who sleeps: see Park
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
            for (int spin = 0; spin < 16; spin++) // reading the clock costs as much as a pause: do it now and then
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

    // Every count in _parked is either taken back by its worker or, with one permit of the semaphore for it, by Unpark: so permits
    // never pile up, and a worker that is slow to wake is woken once.
    private void Park(long last)
    {
        Interlocked.Increment(ref _parked);
        // A job published before the increment was seen by nobody: look once more before sleeping.
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
