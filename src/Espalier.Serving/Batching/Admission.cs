namespace Espalier.Serving;

/// <summary>The bounded queue of a model: how many samples are accepted and not yet computed.</summary>
/// <param name="capacity">The most there may be.</param>
internal sealed class Admission(int capacity)
{
    private int _count;

    /// <summary>The number of samples that are accepted and not yet computed.</summary>
    internal int Count => Volatile.Read(ref _count);

    internal bool IsFull => Count >= capacity;

    /// <summary>Takes places for the samples of a request; <see langword="null"/> where there are not enough.</summary>
    internal Place? TryEnter(int samples)
    {
        int count = Volatile.Read(ref _count);
        while (count <= capacity - samples)
        {
            int before = Interlocked.CompareExchange(ref _count, count + samples, count);
            if (before == count)
            {
                return new Place(this, samples);
            }

            count = before;
        }

        return null;
    }

    /// <summary>The places of one request, given back when its computation begins or it ends without.</summary>
    internal sealed class Place(Admission admission, int samples) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0)
            {
                Interlocked.Add(ref admission._count, -samples);
            }
        }
    }
}
