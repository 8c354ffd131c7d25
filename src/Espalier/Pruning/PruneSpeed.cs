namespace Espalier;

/// <summary>How fast a pruned model is beside the one it came from, both measured in turns.</summary>
/// <param name="Before">Milliseconds of one sample on one thread: the median.</param>
/// <param name="After">The same of the pruned model.</param>
/// <param name="Target">Milliseconds that were asked for, or <see langword="null"/>.</param>
public sealed record PruneSpeed(double Before, double After, double? Target)
{
    private const double Noise = 1.02; // two measurements of one model differ by up to so much

    /// <summary>Whether it takes less time than before, beyond what is noise.</summary>
    public bool IsFaster => After * Noise < Before;

    /// <summary>Whether it takes longer than before, beyond what is noise.</summary>
    public bool IsSlower => After > Noise * Before;

    /// <summary>Whether a time was asked for and missed: it is slower than its parent, or than the target. Without a target nothing was asked for, and <see cref="IsSlower"/> tells whether it is slower than its parent.</summary>
    public bool Fails => Target is double target && (IsSlower || After > Noise * target);
}
