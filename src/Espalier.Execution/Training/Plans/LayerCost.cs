namespace Espalier.Execution;

/// <summary>The time of a layer, and the number of samples that stochastic depth saved it, since the last reset.</summary>
internal sealed class LayerCost
{
    private long _ticks;
    private long _idleTicks;
    private long _samples;
    private long _spared;

    /// <summary>The time saved, in ticks of <see cref="System.Diagnostics.Stopwatch"/>: the number of saved samples times the time per computed sample, minus the time of passes in which the layer was dropped.</summary>
    internal double SavedTicks => _samples == 0 ? 0 : ((double)_spared * _ticks / _samples) - _idleTicks;

    /// <summary>Counts the samples of a step.</summary>
    /// <param name="computed">The number of samples that are computed.</param>
    /// <param name="usual">The number of samples that would be computed if every branch survived.</param>
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
