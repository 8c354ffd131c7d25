namespace Espalier.Serving;

/// <summary>Counts the requests that are being answered, and lets the server stop when there are none.</summary>
internal sealed class Drain
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _accepted;

    /// <summary>Whether the server is stopping, so that new requests are refused.</summary>
    internal bool Draining { get; private set; }

    /// <summary>The number of accepted requests that have no answer yet.</summary>
    internal int Accepted => Volatile.Read(ref _accepted);

    /// <summary>Accepts a request, which ends with <see cref="Leave"/>; returns <see langword="false"/> when the server is stopping.</summary>
    internal bool TryEnter()
    {
        lock (_lock)
        {
            _accepted += Draining ? 0 : 1;
            return !Draining;
        }
    }

    internal void Leave()
    {
        lock (_lock)
        {
            _accepted--;
            EndIfEmpty();
        }
    }

    /// <summary>Refuses new requests and returns when all accepted ones have their answers.</summary>
    internal Task BeginAsync()
    {
        lock (_lock)
        {
            Draining = true;
            EndIfEmpty();
        }

        return _empty.Task;
    }

    private void EndIfEmpty()
    {
        if (Draining && _accepted == 0)
        {
            _empty.TrySetResult();
        }
    }
}

/// <summary>Drains the server before it stops: the connections stay open until all accepted requests are answered.</summary>
internal sealed class DrainService(Drain drain) : IHostedLifecycleService
{
    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Waits for the answers, as long as the host's <see cref="HostOptions.ShutdownTimeout"/> allows.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken) => await drain.BeginAsync().WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
