using System.Diagnostics;

namespace Espalier.Training;

/// <summary>The speed of a run so far.</summary>
internal sealed class RunClock
{
    private const double Share = 0.05; // of the newest step in the average: some twenty steps count

    private long _last = Stopwatch.GetTimestamp();
    private double _secondsPerStep;
    private double _imagesPerStep;

    internal double ImagesPerSecond => _imagesPerStep / _secondsPerStep;

    internal void Add(int images)
    {
        double seconds = Stopwatch.GetElapsedTime(_last).TotalSeconds;
        _last = Stopwatch.GetTimestamp();
        bool first = _secondsPerStep == 0;
        _secondsPerStep = first ? seconds : ((1 - Share) * _secondsPerStep) + (Share * seconds);
        _imagesPerStep = first ? images : ((1 - Share) * _imagesPerStep) + (Share * images);
    }

    internal TimeSpan Left(long steps) => TimeSpan.FromSeconds(Math.Min(steps * _secondsPerStep, TimeSpan.MaxValue.TotalSeconds / 2));
}
