namespace Espalier;

/// <summary>The progress of work whose amount is only estimated: the fraction never falls, and stays below 1.</summary>
/// <param name="progress">Receives the completed fraction, from 0 to below 1; or <see langword="null"/>.</param>
/// <param name="estimate">The estimated amount.</param>
/// <param name="step">The amount that is left at least while the work is not finished.</param>
internal sealed class EstimatedProgress(IProgress<double>? progress, long estimate, long step)
{
    private long _done;
    private double _fraction;

    /// <summary>Reports that an amount was done.</summary>
    internal void Add(int amount)
    {
        _done += amount;
        _fraction = Math.Max(_fraction, (double)_done / Math.Max(estimate, _done + step));
        progress?.Report(_fraction);
    }
}
