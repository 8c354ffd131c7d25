using System.Runtime.ExceptionServices;

namespace Espalier.Tensors;

/// <summary>One job of a <see cref="WorkerPool"/>: parts that are claimed in order, by whoever comes.</summary>
internal sealed class WorkerJob(int parts, Action<int> part)
{
    private readonly Lock _failing = new();
    private Action<int>? _part = part;
    private ExceptionDispatchInfo? _error;
    private int _failed = int.MaxValue; // the lowest index that threw
    private int _next;
    private int _done;

    internal int Parts { get; } = parts;

    /// <summary>Runs parts until all have been claimed.</summary>
    internal void RunParts()
    {
        int mine = 0;
        for (int i = Interlocked.Increment(ref _next) - 1; i < Parts; i = Interlocked.Increment(ref _next) - 1)
        {
            // Parts below the failed one still run: one of them may fail too, and then its exception is the one to throw.
            if (i < Volatile.Read(ref _failed))
            {
                RunPart(i);
            }

            mine++;
        }

        if (mine > 0)
        {
            Interlocked.Add(ref _done, mine);
        }
    }

    /// <summary>Returns when every part that anyone claimed is done.</summary>
    internal void AwaitAll()
    {
        var spinner = default(SpinWait);
        while (Volatile.Read(ref _done) < Parts)
        {
            spinner.SpinOnce(sleep1Threshold: -1); // yields, but never sleeps: the last part is about to end
        }
    }

    /// <summary>Lets go of what the parts captured (a worker remembers its last job), and throws what they threw.</summary>
    internal void Close()
    {
        _part = null;
        _error?.Throw();
    }

    private void RunPart(int index)
    {
        try
        {
            _part!(index);
        }
#pragma warning disable CA1031 // whatever a part throws belongs to the caller, who gets it from Close
        catch (Exception error)
#pragma warning restore CA1031
        {
            lock (_failing)
            {
                if (index < _failed)
                {
                    _failed = index;
                    _error = ExceptionDispatchInfo.Capture(error);
                }
            }
        }
    }
}
