namespace Espalier.Execution;

/// <summary>What a layer took, and was spared by stochastic depth, since the last reset.</summary>
internal sealed class LayerCost
{
    private long _ticks;
    private long _idleTicks;
    private long _samples;
    private long _spared;

    /// <summary>The time of the samples that were spared, had each taken what a computed one took, in ticks of the stopwatch; what dropping itself took is subtracted.</summary>
    internal double SavedTicks => _samples == 0 ? 0 : ((double)_spared * _ticks / _samples) - _idleTicks;

    /// <summary>Counts a step's samples.</summary>
    /// <param name="computed">Those that are computed.</param>
    /// <param name="usual">Those that would be if every branch survived.</param>
    internal void Count(int computed, int usual)
    {
        _samples += computed;
        _spared += usual - computed;
    }

    /// <summary>Adds the time of a pass.</summary>
    internal void Add(long ticks, bool isDropped)
    {
        if (isDropped)
        {
            _idleTicks += ticks;
        }
        else
        {
            _ticks += ticks;
        }
    }

    internal void Reset() => (_ticks, _idleTicks, _samples, _spared) = (0, 0, 0, 0);
}
