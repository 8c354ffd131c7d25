using System.Diagnostics;

namespace Espalier.Serving;

/// <summary>Runs one network on a thread of its own, on as many of the waiting samples at once as a batch may have (dynamic batching).</summary>
/// <remarks>
/// Where several at once take hardly less time for each than one after another (<see cref="BatchGain"/>), they are computed one after another, so that none waits for the others of a batch.
/// Requests are computed in the order of their arrival and never divided. One that is cancelled or late before its batch begins leaves the queue and is not computed; afterwards it gets its answer.
/// The result of a sample does not depend on its batch (<see cref="IRunnable"/>).
/// </remarks>
internal sealed class Batcher
{
    private readonly object _lock = new(); // of _waiting, _samples and _closing; with Monitor.Wait
    private readonly LinkedList<BatchRequest> _waiting = new();
    private readonly BatchRun _run;
    private readonly BatcherOptions _options;
    private readonly Action<int> _report;
    private readonly BatchGain _gain = new();
    private int _samples;
    private bool _closing;
    private double _secondsPerSample;

    /// <summary>Starts the thread.</summary>
    /// <param name="run">Computes a batch; it is disposed when the thread ends.</param>
    /// <param name="options">The bounds of batches.</param>
    /// <param name="report">Called with the number of samples of each batch.</param>
    internal Batcher(BatchRun run, BatcherOptions options, Action<int> report)
    {
        (_run, _options, _report) = (run, options, report);
        new Thread(Work) { IsBackground = true, Name = "Espalier batches" }.UnsafeStart();
    }

    /// <summary>The mean time of one sample in recent batches, in seconds; 0 before the first.</summary>
    internal double SecondsPerSample => Volatile.Read(ref _secondsPerSample);

    /// <summary>Computes a request; returns when it has its outputs.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled, or its deadline passed, before its batch began.</exception>
    /// <exception cref="ObjectDisposedException">The batcher is closed.</exception>
    internal async Task RunAsync(BatchRequest request, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var node = new LinkedListNode<BatchRequest>(request);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closing, this);
            request.Queued = Stopwatch.GetTimestamp();
            _waiting.AddLast(node);
            _samples += request.Samples;
            Monitor.Pulse(_lock);
        }

        using CancellationTokenRegistration registration = cancellation.UnsafeRegister(_ => Remove(node), null);
        await request.Completion.ConfigureAwait(false);
    }

    /// <summary>Ends the thread after it has computed what waits.</summary>
    internal void Close()
    {
        lock (_lock)
        {
            _closing = true;
            Monitor.Pulse(_lock);
        }
    }

    private void Remove(LinkedListNode<BatchRequest> node)
    {
        lock (_lock)
        {
            if (node.List is null)
            {
                return; // its batch has begun
            }

            Take(node);
        }

        node.Value.Abandon();
    }

    private void Work()
    {
        var batch = new List<BatchRequest>();
        while (Next(batch))
        {
            Compute(batch);
            batch.Clear();
        }

        _run.Dispose();
    }

    /// <summary>Waits for the next batch; returns <see langword="false"/> when there will be none.</summary>
    private bool Next(List<BatchRequest> batch)
    {
        lock (_lock)
        {
            while (batch.Count == 0)
            {
                while (_waiting.Count == 0)
                {
                    if (_closing)
                    {
                        return false;
                    }

                    Monitor.Wait(_lock);
                }

                AwaitMore();
                Fill(batch);
            }

            return true;
        }
    }

    private void AwaitMore()
    {
        while (_waiting.First is { } first && _samples < _options.MaxBatch && !_closing)
        {
            TimeSpan left = _options.MaxWait - Stopwatch.GetElapsedTime(first.Value.Queued);
            if (left <= TimeSpan.Zero)
            {
                return;
            }

            Monitor.Wait(_lock, left);
        }
    }

    private void Fill(List<BatchRequest> batch)
    {
        long now = Stopwatch.GetTimestamp();
        int samples = 0, most = _options.MaxWait > TimeSpan.Zero ? _options.MaxBatch : _gain.Limit(_options.MaxBatch); // who waits for a batch wants it
        while (_waiting.First is { } first && (samples == 0 || samples + first.Value.Samples <= most))
        {
            Take(first);
            if (first.Value.Deadline <= now)
            {
                first.Value.Abandon();
                continue;
            }

            samples += first.Value.Samples;
            batch.Add(first.Value);
        }
    }

    private void Take(LinkedListNode<BatchRequest> node)
    {
        _waiting.Remove(node);
        _samples -= node.Value.Samples;
        node.Value.Place.Dispose();
    }

    private void Compute(List<BatchRequest> batch)
    {
        long start = Stopwatch.GetTimestamp();
        Exception? failure = null;
        try
        {
            _run.Compute(batch);
        }
#pragma warning disable CA1031 // whatever goes wrong with a batch is told to its requests; the thread continues with the next
        catch (Exception error)
#pragma warning restore CA1031
        {
            failure = error;
        }

        TimeSpan compute = Stopwatch.GetElapsedTime(start);
        int samples = batch.Sum(request => request.Samples);
        _gain.Add(samples, compute.TotalSeconds);
        double each = compute.TotalSeconds / samples, before = _secondsPerSample;
        Volatile.Write(ref _secondsPerSample, before == 0 ? each : before + ((each - before) / 8)); // the mean of about the last eight batches
        _report(samples);
        foreach (BatchRequest request in batch)
        {
            (request.Wait, request.Compute) = (Stopwatch.GetElapsedTime(request.Queued, start), compute);
            if (failure is null)
            {
                request.Complete();
            }
            else
            {
                request.Fail(failure);
            }
        }
    }
}

/// <summary>The bounds of a batcher's batches.</summary>
/// <param name="MaxBatch">The most samples of a batch. A request with more would be a batch of its own.</param>
/// <param name="MaxWait">How long the first of a batch waits for others.</param>
internal sealed record BatcherOptions(int MaxBatch, TimeSpan MaxWait);
