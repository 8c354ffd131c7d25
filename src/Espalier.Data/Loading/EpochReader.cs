namespace Espalier.Data;

/// <summary>Prepares the batches of one epoch ahead of their use. Threads claim a few rows at a time, in order, while there is free memory.</summary>
internal sealed class EpochReader : IDisposable
{
    private const int RowsOfClaim = 8; // large enough for little synchronization, small enough for the threads to finish a batch at about the same time

    private readonly object _lock = new();
    private readonly BatchMaker _maker;
    private readonly BatchRing _ring;
    private readonly EpochOrder _order;
    private readonly CancellationToken _cancellation;
    private readonly CancellationTokenRegistration _wakeOnCancel;
    private readonly Thread[] _threads;
    private readonly PixelBuffer _pixels = new();
    private readonly int _epoch;
    private readonly int _batches;
    private int _begun; // batches before this one have memory
    private int _batch; // the next row to be claimed is of this batch
    private int _row;
    private volatile bool _stopping;

    internal EpochReader(BatchMaker maker, BatchRing ring, EpochOrder order, EpochSpan span, int workers, CancellationToken cancellation)
    {
        (_maker, _ring, _order, _cancellation) = (maker, ring, order, cancellation);
        (_epoch, _batch, _batches) = (span.Epoch, span.First, span.End);
        _begun = _batch;
        order.Draw(_epoch);
        for (int i = 0; i < ring.Length; i++)
        {
            Begin();
        }

        _wakeOnCancel = cancellation.Register(Wake);
        _threads = new Thread[workers];
        for (int i = 0; i < workers; i++)
        {
            _threads[i] = new Thread(Work) { IsBackground = true, Name = $"Espalier data {i + 1}" };
            _threads[i].UnsafeStart();
        }
    }

    /// <summary>Waits for a batch, or prepares it where there are no threads.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    internal BatchSlot Take(int batch)
    {
        BatchSlot slot = _ring[batch];
        while (_threads.Length == 0 && TryClaim(out Claim claim))
        {
            _cancellation.ThrowIfCancellationRequested();
            Make(claim, _pixels);
        }

        lock (_lock)
        {
            while (slot.Remaining > 0 && !_cancellation.IsCancellationRequested)
            {
                Monitor.Wait(_lock);
            }
        }

        _cancellation.ThrowIfCancellationRequested();
        return slot;
    }

    /// <summary>Releases the batch in use, so that its memory is used for a later one.</summary>
    internal void Release()
    {
        lock (_lock)
        {
            Begin();
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Ends the threads, each after its current row.</summary>
    public void Dispose()
    {
        _wakeOnCancel.Dispose();
        lock (_lock)
        {
            _stopping = true;
            Monitor.PulseAll(_lock);
        }

        foreach (Thread thread in _threads)
        {
            thread.Join();
        }
    }

    private void Begin()
    {
        if (_begun < _batches)
        {
            _ring[_begun].Begin(_ring.PartsOf(_begun));
            _begun++;
        }
    }

    private void Wake()
    {
        lock (_lock)
        {
            Monitor.PulseAll(_lock);
        }
    }

    private void Work()
    {
        var pixels = new PixelBuffer();
        while (TryClaim(out Claim claim))
        {
            Make(claim, pixels);
        }
    }

    /// <summary>Claims the next rows to prepare; background threads wait for free memory. Returns <see langword="false"/> when no rows are left.</summary>
    private bool TryClaim(out Claim claim)
    {
        lock (_lock)
        {
            while (_threads.Length > 0 && !Ended && _batch == _begun)
            {
                Monitor.Wait(_lock);
            }

            if (Ended || _batch == _begun)
            {
                claim = default;
                return false;
            }

            int samples = _ring[_batch].Rows;
            claim = new Claim(_batch, _row, Math.Min(_row + RowsOfClaim, samples));
            (_batch, _row) = claim.End == samples ? (_batch + 1, 0) : (_batch, claim.End);
            return true;
        }
    }

    private bool Ended => _stopping || _batch == _batches || _cancellation.IsCancellationRequested;

    private void Make(Claim claim, PixelBuffer pixels)
    {
        BatchSlot slot = _ring[claim.Batch];
        for (int row = claim.Start; row < claim.End && !_stopping; row++)
        {
            try
            {
                _maker.Make(slot, row, _order[_ring.StartOf(claim.Batch) + row], _epoch, pixels);
            }
#pragma warning disable CA1031 // a thread that ended here would leave the caller waiting for the batch forever
            catch (Exception error)
#pragma warning restore CA1031
            {
                slot.Fail(row, error);
            }
        }

        lock (_lock)
        {
            slot.Remaining -= claim.End - claim.Start;
            if (slot.Remaining == 0)
            {
                Monitor.PulseAll(_lock);
            }
        }
    }

    private readonly record struct Claim(int Batch, int Start, int End);
}
