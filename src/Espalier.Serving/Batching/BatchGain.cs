namespace Espalier.Serving;

/// <summary>Whether batches of several requests take less time for each sample than requests one after another, as measured while they are computed.</summary>
/// <remarks>
/// On a processor a larger batch may gain nothing: then every request of it would only wait for the others of its batch. Until both kinds are known, batches take what waits; later one in so many is of the other kind, so that
/// the measurement stays new. Used by one thread.
/// </remarks>
internal sealed class BatchGain
{
    private const double Least = 0.1; // of the time for a sample: what makes up for waiting for the others of a batch
    private const int Few = 8; // batches of each kind before they are compared
    private const int Explored = 32; // one batch in so many is of the other kind
    private const double Newest = 1.0 / 8;

    private (int Count, double Seconds) _alone;
    private (int Count, double Seconds) _together;
    private int _batches;

    /// <summary>The most samples of the next batch.</summary>
    /// <param name="most">The bound of all batches.</param>
    /// <returns><paramref name="most"/>, or 1 for one request by itself.</returns>
    internal int Limit(int most)
    {
        bool isKnown = _alone.Count >= Few && _together.Count >= Few;
        bool gains = !isKnown || _together.Seconds < (1 - Least) * _alone.Seconds;
        bool explores = ++_batches % Explored == 0;
        return gains != explores ? most : 1;
    }

    /// <summary>Takes note of a batch.</summary>
    /// <param name="samples">Its samples.</param>
    /// <param name="seconds">Its time.</param>
    internal void Add(int samples, double seconds)
    {
        ref (int Count, double Seconds) kind = ref samples == 1 ? ref _alone : ref _together;
        double each = seconds / samples;
        kind = (kind.Count + 1, kind.Count == 0 ? each : kind.Seconds + (Newest * (each - kind.Seconds)));
    }
}
