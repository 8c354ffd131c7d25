using System.Diagnostics;

namespace Espalier.Execution;

/// <summary>The time of a layer, and the number of samples that stochastic depth saved it, since the last reset.</summary>
internal sealed class LayerCost
{
    private readonly long[] _ticks = new long[Enum.GetValues<LayerPass>().Length];
    private long _start;
    private long _idleTicks;
    private long _samples;
    private long _spared;

    /// <summary>The time saved by stochastic depth, in ticks of <see cref="Stopwatch"/>: the number of saved samples times the time per computed sample, minus the time of passes in which the layer was dropped.</summary>
    internal double SavedTicks => _samples == 0 ? 0 : ((double)_spared * (_ticks.Sum() - _ticks[(int)LayerPass.Repack]) / _samples) - _idleTicks;

    /// <summary>The time of a pass in seconds, without those in which the layer was dropped.</summary>
    internal double Seconds(LayerPass pass) => (double)_ticks[(int)pass] / Stopwatch.Frequency;

    /// <summary>Counts the samples of a step.</summary>
    /// <param name="computed">The number of samples that are computed.</param>
    /// <param name="usual">The number of samples that would be computed if every branch survived.</param>
    internal void Count(int computed, int usual)
    {
        _samples += computed;
        _spared += usual - computed;
    }

    /// <summary>Begins to measure.</summary>
    internal void Start() => _start = Stopwatch.GetTimestamp();

    /// <summary>Adds the time since the last call of <see cref="Start"/> or of this method.</summary>
    internal void Stop(LayerPass pass, bool isDropped = false)
    {
        long now = Stopwatch.GetTimestamp();
        Add(pass, now - _start, isDropped);
        _start = now;
    }

    /// <summary>Adds the time of a pass, in ticks.</summary>
    internal void Add(LayerPass pass, long ticks, bool isDropped = false)
    {
        if (isDropped)
        {
            _idleTicks += ticks;
        }
        else
        {
            _ticks[(int)pass] += ticks;
        }
    }

    internal void Reset()
    {
        Array.Clear(_ticks);
        (_idleTicks, _samples, _spared) = (0, 0, 0);
    }
}
