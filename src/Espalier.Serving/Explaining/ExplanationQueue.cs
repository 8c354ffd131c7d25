namespace Espalier.Serving;

/// <summary>Computes explanations and reports beside the networks of requests: one at a time and on one thread, so that they cost inference one processor at most. A bounded number waits.</summary>
internal sealed class ExplanationQueue : IDisposable
{
    private const int Capacity = 8;

    private readonly Admission _admission = new(Capacity);
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Takes a place, before the photo of the request is read.</summary>
    /// <exception cref="ServingException">There is none.</exception>
    internal Admission.Place Enter() => _admission.TryEnter(1) ?? throw new ServingException(StatusCodes.Status429TooManyRequests, $"the queue of explanations is full ({Capacity})") { RetryAfter = 1 };

    /// <summary>Computes when it is its turn.</summary>
    /// <param name="work">What is computed.</param>
    /// <param name="cancellation">Checked until it begins.</param>
    internal async Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return await Task.Factory.StartNew(work, cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
