using System.Runtime.InteropServices;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>Brings together the sums of synchronized batch norms: over the threads that compute the parts of this process, and over all processes.</summary>
/// <param name="parts">The number of parts of this process, each computed by a thread of its own.</param>
/// <param name="processes">The processes, or <see langword="null"/> for this one alone.</param>
internal sealed class NormExchange(int parts, IProcessGroup? processes)
{
    private readonly object _lock = new();
    private float[] _gathering = [];
    private float[] _gathered = [];
    private int _waiting;
    private long _call;
    private Exception? _failure;

    /// <summary>Why a part of this step failed first.</summary>
    internal Exception? Failure => _failure;

    /// <summary>The exchange as a part sees it.</summary>
    internal IStatisticsExchange Of(int part) => new Part(this, part);

    /// <summary>Begins a step.</summary>
    internal void Begin() => (_waiting, _failure) = (0, null);

    /// <summary>Ends the waiting of all parts, because one of them failed.</summary>
    internal void Fail(Exception failure)
    {
        lock (_lock)
        {
            _failure ??= failure;
            Monitor.PulseAll(_lock);
        }
    }

    private ReadOnlySpan<float> Gather(int part, ReadOnlySpan<float> own)
    {
        lock (_lock)
        {
            ThrowIfFailed();
            int length = parts * own.Length;
            if (_waiting == 0 && _gathering.Length < length)
            {
                _gathering = new float[length];
            }

            own.CopyTo(_gathering.AsSpan(part * own.Length));
            long call = _call;
            if (++_waiting == parts)
            {
                Complete(length);
            }

            while (_call == call)
            {
                Monitor.Wait(_lock);
                ThrowIfFailed();
            }

            return _gathered.AsSpan(0, length * (processes?.Count ?? 1));
        }
    }

    private void Complete(int length)
    {
        if (processes is null)
        {
            (_gathering, _gathered) = (_gathered, _gathering); // the other parts still read what was gathered
        }
        else
        {
            if (_gathered.Length < length * processes.Count)
            {
                _gathered = new float[length * processes.Count];
            }

            processes.Gather(MemoryMarshal.AsBytes<float>(_gathering.AsSpan(0, length)), MemoryMarshal.AsBytes<float>(_gathered.AsSpan(0, length * processes.Count)));
        }

        (_waiting, _call) = (0, _call + 1);
        Monitor.PulseAll(_lock);
    }

    private void ThrowIfFailed()
    {
        if (_failure is not null)
        {
            throw new EspalierException($"another part of the batch failed: {_failure.Message}", _failure);
        }
    }

    private sealed class Part(NormExchange exchange, int index) : IStatisticsExchange
    {
        public ReadOnlySpan<float> Gather(ReadOnlySpan<float> own) => exchange.Gather(index, own);
    }
}
