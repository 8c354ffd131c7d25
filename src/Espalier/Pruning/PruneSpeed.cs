namespace Espalier;

/// <summary>The latencies of the original and the pruned model, measured in turns.</summary>
/// <param name="Before">The median latency of the original model in ms, for one sample on one thread.</param>
/// <param name="After">The median latency of the pruned model in ms.</param>
/// <param name="Target">The requested latency in ms, or <see langword="null"/>.</param>
public sealed record PruneSpeed(double Before, double After, double? Target)
{
    private const double Noise = 1.02; // the ratio up to which two measurements of the same model differ

    /// <summary>Whether the pruned model is faster by more than measurement noise.</summary>
    public bool IsFaster => After * Noise < Before;

    /// <summary>Whether the pruned model is slower by more than measurement noise.</summary>
    public bool IsSlower => After > Noise * Before;

    /// <summary>Whether a latency was requested and the pruned model is slower than the original or than the request. <see langword="false"/> without such a request; see <see cref="IsSlower"/>.</summary>
    public bool Fails => Target is double target && (IsSlower || After > Noise * target);
}
