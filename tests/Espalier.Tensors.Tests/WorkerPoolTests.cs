using System.Diagnostics;

namespace Espalier.Tensors.Tests;

public sealed class WorkerPoolTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void Every_part_runs_exactly_once(int threads)
    {
        using var pool = new WorkerPool(threads);
        Assert.Equal(threads, pool.Threads);
        foreach (int parts in (int[])[0, 1, 2, 3, 4, 5, 7, 8, 9, 31, 64, 100, 1000, 10_000])
        {
            int[] runs = new int[parts];
            pool.Run(parts, i => Interlocked.Increment(ref runs[i]));
            Assert.All(runs, run => Assert.Equal(1, run));
        }
    }

    [Fact]
    public void What_parts_wrote_is_seen_by_the_caller()
    {
        using var pool = new WorkerPool(4);
        for (int round = 0; round < 2000; round++)
        {
            int[] written = new int[16];
            pool.Run(16, i => written[i] = round + i); // a plain write: Run must be the fence
            for (int i = 0; i < 16; i++)
            {
                Assert.Equal(round + i, written[i]);
            }
        }
    }

    [Fact]
    public void Several_threads_do_take_part()
    {
        using var pool = new WorkerPool(3);
        var seen = new HashSet<int>();
        using var meeting = new Barrier(3);
        pool.Run(3, _ =>
        {
            Assert.True(meeting.SignalAndWait(TimeSpan.FromSeconds(60)), "three parts never ran at the same time");
            lock (seen)
            {
                seen.Add(Environment.CurrentManagedThreadId);
            }
        });
        Assert.Equal(3, seen.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void The_lowest_part_that_fails_decides_the_exception(int threads)
    {
        using var pool = new WorkerPool(threads);
        for (int round = 0; round < 300; round++)
        {
            int[] runs = new int[50];
            var error = Assert.Throws<EspalierException>(() => pool.Run(50, i =>
            {
                Interlocked.Increment(ref runs[i]);
                if (i % 10 == 7)
                {
                    throw new EspalierException($"part {i}");
                }
            }));
            Assert.Equal("part 7", error.Message);
            Assert.All(runs[..8], run => Assert.Equal(1, run));
            Assert.All(runs[8..], run => Assert.InRange(run, 0, 1));
        }

        int after = 0;
        pool.Run(10, _ => Interlocked.Increment(ref after));
        Assert.Equal(10, after);
    }

    [Fact]
    public void Concurrent_callers_each_get_their_own_job_done()
    {
        using var pool = new WorkerPool(3);
        RunAtOnce(6, _ => SumMany(pool, 2000));
    }

    [Fact]
    public void A_part_may_run_a_job_of_its_own()
    {
        using var pool = new WorkerPool(4);
        for (int round = 0; round < 200; round++)
        {
            int runs = 0;
            pool.Run(6, _ => pool.Run(5, _ => pool.Run(2, _ => Interlocked.Increment(ref runs))));
            Assert.Equal(60, runs);
        }
    }

    [Fact]
    public void A_hundred_thousand_tiny_jobs_on_several_pools_at_once_all_end()
    {
        RunAtOnce(4, i =>
        {
            using var pool = new WorkerPool(2 + (i % 2));
            SumMany(pool, 25_000);
        });
    }

    [Fact]
    public void Workers_that_were_parked_or_about_to_park_take_part_again()
    {
        // Pauses around the time after which workers park: the moment at which a wake-up could be lost.
        using var pool = new WorkerPool(2);
        for (int round = 0; round < 1500; round++)
        {
            long until = Stopwatch.GetTimestamp() + (Stopwatch.Frequency / 1_000_000 * (round % 150));
            while (Stopwatch.GetTimestamp() < until)
            {
                Thread.SpinWait(1);
            }

            using var meeting = new Barrier(2);
            int met = 0;
            pool.Run(2, _ => Interlocked.Add(ref met, meeting.SignalAndWait(TimeSpan.FromSeconds(60)) ? 1 : 0));
            Assert.True(met == 2, $"round {round}: the worker slept through the job");
        }
    }

    [Fact]
    public void A_pool_keeps_about_the_speed_of_one_thread_when_others_take_the_cores()
    {
        // Another busy thread for each core. One thread gets about half a core then; a pool must not do much worse, though
        // whoever holds a part may be off the processor when the caller waits for it. Three tries, since the neighbours are real.
        using var stop = new CancellationTokenSource();
        CancellationToken stopped = stop.Token;
        Thread[] neighbours = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(() => Burn(stopped)) { IsBackground = true })];
        Array.ForEach(neighbours, neighbour => neighbour.Start());
        using var one = new WorkerPool(1);
        using var many = new WorkerPool(Math.Max(2, Environment.ProcessorCount));
        double best = Enumerable.Range(0, 3).Min(_ => Seconds(many, 3000) / Seconds(one, 3000));
        stop.Cancel();
        Array.ForEach(neighbours, neighbour => neighbour.Join());
        Assert.True(best < 8, $"{best:F1} times as slow as one thread");
    }

    [Fact]
    public void A_caller_that_waits_for_a_slow_part_sleeps_and_is_woken()
    {
        using var pool = new WorkerPool(3);
        int caller = Environment.CurrentManagedThreadId;
        int slow = 0;
        for (int job = 0; job < 60; job++)
        {
            int done = 0;
            pool.Run(6, _ =>
            {
                // Around the time after which the caller goes to sleep, too, when going to sleep and waking up meet.
                if (Environment.CurrentManagedThreadId != caller)
                {
                    Thread.Sleep(TimeSpan.FromMicroseconds(job % 4 * 150));
                    Interlocked.Increment(ref slow);
                }
                else
                {
                    SpinWait.SpinUntil(() => Volatile.Read(ref slow) > 0, TimeSpan.FromSeconds(60)); // the first job waits for a worker to come
                }

                Interlocked.Increment(ref done);
            });
            Assert.Equal(6, done);
        }

        Assert.True(slow > 0, "no worker took part");
    }

    [Fact]
    public void A_finished_job_is_let_go()
    {
        using var pool = new WorkerPool(3);
        WeakReference captured = RunCapturing(pool);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.False(captured.IsAlive, "the workers keep what the last job captured");
    }

    [Fact]
    public void Disposing_ends_idle_workers_at_once_and_twice_is_once()
    {
        for (int round = 0; round < 50; round++)
        {
            var pool = new WorkerPool(4);
            if (round % 2 == 0)
            {
                pool.Run(8, _ => { });
            }

            if (round % 10 == 9)
            {
                Thread.Sleep(2); // long enough to park
            }

            pool.Dispose();
            pool.Dispose();
            Assert.Throws<ObjectDisposedException>(() => pool.Run(2, _ => { }));
        }
    }

    [Fact]
    public void Disposing_while_a_job_runs_waits_for_it()
    {
        var pool = new WorkerPool(2);
        using var started = new ManualResetEventSlim();
        int done = 0;
        var caller = new Thread(() => pool.Run(4, _ =>
        {
            started.Set();
            Thread.Sleep(5);
            Interlocked.Increment(ref done);
        }));
        caller.Start();
        started.Wait(TestContext.Current.CancellationToken);
        pool.Dispose();
        Assert.Equal(4, done);
        caller.Join();
    }

    [Fact]
    public void Impossible_arguments_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new WorkerPool(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new WorkerPool(1025));
        using var pool = new WorkerPool(2);
        Assert.Throws<ArgumentNullException>(() => pool.Run(1, null!));
        Assert.Throws<ArgumentOutOfRangeException>(() => pool.Run(-1, _ => { }));
    }

    private static void SumMany(WorkerPool pool, int jobs)
    {
        for (int job = 0; job < jobs; job++)
        {
            int parts = 1 + (job % 9);
            long sum = 0;
            pool.Run(parts, i => Interlocked.Add(ref sum, i + 1));
            Assert.True(sum == parts * (parts + 1) / 2, $"job {job} of {parts} parts came to {sum}");
        }
    }

    private static void RunAtOnce(int callers, Action<int> call)
    {
        Task[] tasks = [.. Enumerable.Range(0, callers).Select(i => Task.Factory.StartNew(() => call(i), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        Assert.True(Task.WaitAll(tasks, TimeSpan.FromMinutes(2)), "a caller hangs");
    }

    private static double Seconds(WorkerPool pool, int jobs)
    {
        long start = Stopwatch.GetTimestamp();
        for (int job = 0; job < jobs; job++)
        {
            pool.Run(8, _ => Thread.SpinWait(100)); // some microseconds
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static void Burn(CancellationToken stopped)
    {
        while (!stopped.IsCancellationRequested)
        {
            Thread.SpinWait(1000);
        }
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static WeakReference RunCapturing(WorkerPool pool)
    {
        byte[] large = new byte[100];
        pool.Run(8, i => large[i] = 1);
        return new WeakReference(large);
    }
}
