using System.Collections.Concurrent;
using System.Globalization;
using Espalier.Tensors;

namespace Espalier.Testing;

/// <summary>A group of processes that are threads of the test: what mpiexec gives, without it.</summary>
internal sealed class ThreadProcesses : IProcessGroup
{
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly Mail _mail;
    private readonly string _channel;
    private int _duplicates;

    private ThreadProcesses(Mail mail, string channel, int rank, int count) => (_mail, _channel, Rank, Count) = (mail, channel, rank, count);

    public int Rank { get; }

    public int Count { get; }

    public string Host => string.Create(CultureInfo.InvariantCulture, $"host{Rank}");

    /// <summary>Runs a function as several processes and returns their results in the order of the ranks. The exception of the lowest rank that failed by itself is thrown.</summary>
    internal static T[] Run<T>(int count, Func<IProcessGroup, T> work)
    {
        using var mail = new Mail();
        var results = new T[count];
        var failures = new ConcurrentDictionary<int, Exception>();
        Thread[] threads = [.. Enumerable.Range(0, count).Select(rank => new Thread(() =>
        {
            try
            {
                results[rank] = work(new ThreadProcesses(mail, "", rank, count));
            }
#pragma warning disable CA1031 // it is thrown by the test's thread
            catch (Exception error)
#pragma warning restore CA1031
            {
                failures[rank] = error;
                mail.Fail();
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        return failures.IsEmpty ? results : throw new ProcessFailedException(failures);
    }

    public void Exchange(int to, ReadOnlySpan<byte> send, int from, Span<byte> receive)
    {
        _mail.Of(_channel, Rank, to).Add(send.ToArray());
        byte[] received = Take(from);
        if (received.Length != receive.Length)
        {
            throw new InvalidOperationException($"Process {Rank} expects {receive.Length} bytes of process {from}, which sent {received.Length}.");
        }

        received.CopyTo(receive);
    }

    public void Gather(ReadOnlySpan<byte> own, Span<byte> all)
    {
        for (int rank = 0; rank < Count; rank++)
        {
            _mail.Of(_channel, Rank, rank).Add(own.ToArray());
        }

        for (int rank = 0; rank < Count; rank++)
        {
            byte[] received = Take(rank);
            if (received.Length != own.Length)
            {
                throw new InvalidOperationException($"Process {Rank} gathers {own.Length} bytes, process {rank} {received.Length}.");
            }

            received.CopyTo(all[(rank * own.Length)..]);
        }
    }

    public void Broadcast(Span<byte> data, int root)
    {
        for (int rank = 0; rank < Count && Rank == root; rank++)
        {
            _mail.Of(_channel, root, rank).Add(data.ToArray());
        }

        Take(root).CopyTo(data);
    }

    public IProcessGroup Duplicate() => new ThreadProcesses(_mail, $"{_channel}/{_duplicates++}", Rank, Count);

    public void Dispose()
    {
        // There is nothing to release.
    }

    private byte[] Take(int from)
    {
        BlockingCollection<byte[]> box = _mail.Of(_channel, from, Rank);
        try
        {
            return box.TryTake(out byte[]? bytes, (int)s_patience.TotalMilliseconds, _mail.Failed) ? bytes : throw new TimeoutException($"Process {Rank} waits for process {from} in vain.");
        }
        catch (OperationCanceledException)
        {
            // A process that failed after an exchange had sent its part, and others may just be sending theirs. (Not in a filter: those run before what the collection does at last.)
            if (box.TryTake(out byte[]? sent, s_grace))
            {
                return sent;
            }

            throw;
        }
    }

    /// <summary>The messages on their way.</summary>
    private sealed class Mail : IDisposable
    {
        private readonly ConcurrentDictionary<(string, int, int), BlockingCollection<byte[]>> _boxes = new();
        private readonly CancellationTokenSource _failed = new();

        internal CancellationToken Failed => _failed.Token;

        internal BlockingCollection<byte[]> Of(string channel, int from, int to) => _boxes.GetOrAdd((channel, from, to), _ => []);

        internal void Fail() => _failed.Cancel();

        public void Dispose() => _failed.Dispose();
    }
}

/// <summary>What went wrong in which process.</summary>
internal sealed class ProcessFailedException(IReadOnlyDictionary<int, Exception> failures) : EspalierException(
    string.Join('\n', failures.OrderBy(failure => failure.Key).Select(failure => $"{failure.Key}: {failure.Value}")))
{
    /// <summary>The exceptions by rank.</summary>
    internal IReadOnlyDictionary<int, Exception> Failures => failures;
}
