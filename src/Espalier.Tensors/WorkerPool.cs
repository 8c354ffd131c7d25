namespace Espalier.Tensors;

/// <summary>A fixed set of threads that split one job into parts: they spin for a short while for the next job, then park.</summary>
/// <remarks>
/// A hand-off costs about 50 ns while the workers spin. Parts are claimed one by one, so a worker that the operating system
/// holds up delays only the part it has. What a part computes must not depend on who runs it or when:
/// then results are the same for any number of threads.
/// </remarks>
public sealed class WorkerPool : IDisposable
{
    // About 20–50 µs on current processors: longer than the gap between two layers, far shorter than a time slice.
    private const int SpinsBeforeParking = 2000;

    private readonly Thread[] _workers;
    private readonly SemaphoreSlim _wake = new(0);
    private readonly Lock _oneJobAtATime = new();
    private volatile Job? _current;
    private volatile bool _stopping;
    private int _parked;

    /// <summary>A pool of <paramref name="threads"/> threads, the calling one included: one thread means no workers at all.</summary>
    public WorkerPool(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        Threads = threads;
        _workers = new Thread[threads - 1];
        for (int i = 0; i < _workers.Length; i++)
        {
            _workers[i] = new Thread(Work) { IsBackground = true, Name = $"Espalier worker {i + 1}" };
            _workers[i].Start();
        }
    }

    /// <summary>How many threads share a job, the calling one included.</summary>
    public int Threads { get; }

    /// <summary>Runs <paramref name="part"/> for every index in [0, <paramref name="parts"/>) and returns when all are done.</summary>
    /// <remarks>While another caller's job is running, the calling thread does the whole of its own: the machine is busy either way.</remarks>
    /// <exception cref="AggregateException">A part threw; the other parts were still run or skipped as a whole.</exception>
    public void Run(int parts, Action<int> part)
    {
        ArgumentNullException.ThrowIfNull(part);
        if (parts <= 1 || _workers.Length == 0 || !_oneJobAtATime.TryEnter())
        {
            for (int i = 0; i < parts; i++)
            {
                part(i);
            }

            return;
        }

        try
        {
            var job = new Job(parts, part);
            _current = job;
            Interlocked.MemoryBarrier(); // publish the job before looking who sleeps: see Park
            int sleepers = Math.Min(Volatile.Read(ref _parked), parts - 1);
            if (sleepers > 0)
            {
                _wake.Release(sleepers);
            }

            job.RunParts();
            job.AwaitOthers();
            _current = null;
            job.Rethrow();
        }
        finally
        {
            _oneJobAtATime.Exit();
        }
    }

    /// <summary>Ends the workers.</summary>
    public void Dispose()
    {
        _stopping = true;
        if (_workers.Length > 0)
        {
            _wake.Release(_workers.Length);
        }

        foreach (Thread worker in _workers)
        {
            worker.Join();
        }

        _wake.Dispose();
    }

    private void Work()
    {
        Job? last = null;
        while (!_stopping)
        {
            Job? job = AwaitJob(last);
            job?.RunParts();
            last = job ?? last;
        }
    }

    private Job? AwaitJob(Job? last)
    {
        for (int spin = 0; spin < SpinsBeforeParking; spin++)
        {
            Job? job = _current;
            if (job is not null && job != last)
            {
                return job;
            }

            Thread.SpinWait(8);
        }

        Park(last);
        return null;
    }

    private void Park(Job? last)
    {
        Interlocked.Increment(ref _parked);
        // A job published before the increment was seen by nobody: look once more before sleeping.
        Job? job = _current;
        if ((job is null || job == last) && !_stopping)
        {
            _wake.Wait();
        }

        Interlocked.Decrement(ref _parked);
    }

    private sealed class Job(int parts, Action<int> part)
    {
        private int _next;
        private int _done;
        private Exception? _error;

        internal void RunParts()
        {
            for (int i = Interlocked.Increment(ref _next) - 1; i < parts; i = Interlocked.Increment(ref _next) - 1)
            {
                try
                {
                    part(i);
                }
#pragma warning disable CA1031 // whatever a part throws belongs to the caller, who gets it from Rethrow
                catch (Exception error)
#pragma warning restore CA1031
                {
                    Interlocked.CompareExchange(ref _error, error, null);
                }

                Interlocked.Increment(ref _done);
            }
        }

        internal void AwaitOthers()
        {
            var spinner = default(SpinWait);
            while (Volatile.Read(ref _done) < parts)
            {
                spinner.SpinOnce(sleep1Threshold: -1);
            }
        }

        internal void Rethrow()
        {
            if (_error is not null)
            {
                throw new AggregateException(_error);
            }
        }
    }
}
