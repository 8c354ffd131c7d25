namespace Espalier.Training;

/// <summary>The speed of a run so far.</summary>
internal sealed class RunClock(TimeProvider time)
{
    private const double Share = 0.05; // of the newest step in the average: some twenty steps count

    private long _last = time.GetTimestamp();
    private double _secondsPerStep;
    private double _imagesPerStep;

    internal double ImagesPerSecond => _imagesPerStep / _secondsPerStep;

    /// <summary>The next step begins now: a validation before it is no part of it.</summary>
    internal void Continue() => _last = time.GetTimestamp();

    /// <summary>A step ends now.</summary>
    internal void Add(int images)
    {
        long now = time.GetTimestamp();
        double seconds = time.GetElapsedTime(_last, now).TotalSeconds;
        _last = now;
        bool first = _secondsPerStep == 0;
        _secondsPerStep = first ? seconds : ((1 - Share) * _secondsPerStep) + (Share * seconds);
        _imagesPerStep = first ? images : ((1 - Share) * _imagesPerStep) + (Share * images);
    }

    internal TimeSpan Left(long steps) => TimeSpan.FromSeconds(Math.Min(steps * _secondsPerStep, TimeSpan.MaxValue.TotalSeconds / 2));
}
