namespace Espalier.Training;

/// <summary>The throughput of a run, as an exponential moving average over its steps.</summary>
internal sealed class RunClock(TimeProvider time)
{
    private const double Share = 0.05; // the weight of the newest step in the moving average, which covers about twenty steps

    private long _last = time.GetTimestamp();
    private double _secondsPerStep;
    private double _imagesPerStep;

    internal double ImagesPerSecond => _imagesPerStep / _secondsPerStep;

    /// <summary>Starts the clock for the next step, so that a preceding validation is not included.</summary>
    internal void Continue() => _last = time.GetTimestamp();

    /// <summary>Records the end of a step.</summary>
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
