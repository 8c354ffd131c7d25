namespace Espalier.Tensors;

/// <summary>
/// Work in pieces that several processes share. In each round every process computes one piece, and all get the results of all, in the order of the pieces: what is made of them is bit-identical for any number of processes.
/// Where one process is cancelled, all stop before the next round.
/// </summary>
internal sealed class SharedWork
{
    private readonly CancellationToken _cancellation;

    /// <param name="processes">The processes, each of which makes the same calls; <see langword="null"/> for this one alone.</param>
    /// <param name="cancellation">Cancels the work of all processes.</param>
    internal SharedWork(IProcessGroup? processes, CancellationToken cancellation = default)
    {
        Processes = processes is { Count: > 1 } ? processes : null;
        _cancellation = cancellation;
    }

    /// <summary>The work of one process.</summary>
    internal static SharedWork Alone { get; } = new(null);

    /// <summary>The processes where there are several.</summary>
    internal IProcessGroup? Processes { get; }

    /// <summary>The number of processes.</summary>
    internal int Count => Processes?.Count ?? 1;

    /// <summary>The index of this process.</summary>
    internal int Rank => Processes?.Rank ?? 0;

    /// <summary>Cancels what a process does alone: of several none stops by itself, since the others would wait for it.</summary>
    internal CancellationToken Own => Processes is null ? _cancellation : CancellationToken.None;

    /// <summary>Computes all pieces.</summary>
    /// <param name="pieces">The number of pieces.</param>
    /// <param name="compute">Computes a piece; called for those of this process, in ascending order.</param>
    /// <param name="use">Receives the result of each piece, in order.</param>
    /// <exception cref="OperationCanceledException">The work was cancelled, in this process or another one.</exception>
    internal void Run<T>(int pieces, Func<int, T[]> compute, Action<T[]> use) where T : unmanaged
    {
        for (int first = 0; first < pieces; first += Count)
        {
            ThrowIfStopped();
            int own = first + Rank;
            T[] result = own < pieces ? compute(own) : [];
            T[][] results = Processes?.GatherEach(result) ?? [result];
            Array.ForEach(results[..Math.Min(Count, pieces - first)], use);
        }
    }

    /// <summary>Computes all pieces; what a process computes stays there.</summary>
    /// <param name="pieces">The number of pieces.</param>
    /// <param name="compute">Computes a piece; called for those of this process, in ascending order.</param>
    /// <exception cref="OperationCanceledException">The work was cancelled, in this process or another one.</exception>
    internal void Each(int pieces, Action<int> compute)
    {
        for (int first = 0; first < pieces; first += Count)
        {
            ThrowIfStopped();
            if (first + Rank < pieces)
            {
                compute(first + Rank);
            }
        }
    }

    /// <summary>Throws in all processes if one of them is cancelled.</summary>
    internal void ThrowIfStopped()
    {
        bool stops = _cancellation.IsCancellationRequested;
        if (Processes?.Any(stops) ?? stops)
        {
            throw new OperationCanceledException(_cancellation);
        }
    }
}
