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

    /// <summary>The time saved by stochastic depth, in seconds: the number of saved samples times the time per computed sample, minus the time of passes in which the layer was dropped.</summary>
    internal double SavedSeconds => _samples == 0 ? 0 : (((double)_spared * (_ticks.Sum() - _ticks[(int)LayerPass.Repack]) / _samples) - _idleTicks) / Stopwatch.Frequency;

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
    internal void Add(LayerPass pass, bool isDropped = false)
    {
        long now = Stopwatch.GetTimestamp();
        if (isDropped)
        {
            _idleTicks += now - _start;
        }
        else
        {
            _ticks[(int)pass] += now - _start;
        }

        _start = now;
    }

    internal void Reset()
    {
        Array.Clear(_ticks);
        (_idleTicks, _samples, _spared) = (0, 0, 0);
    }
}
