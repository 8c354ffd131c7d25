namespace Espalier.Kernels;

/// <summary>The units of work that a part does: a contiguous range, so that neighbours share what is in the cache.</summary>
internal static class WorkSplit
{
    /// <summary>The units [first, end) of part <paramref name="part"/> of <paramref name="parts"/>.</summary>
    internal static (int First, int End) Range(int units, int part, int parts)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(parts, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(part);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(part, parts);
        return ((int)((long)units * part / parts), (int)((long)units * (part + 1) / parts));
    }
}
