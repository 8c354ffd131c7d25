namespace Espalier.Kernels;

/// <summary>Divides units of work among parts: contiguous ranges, so that neighbouring units share cached data.</summary>
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

    /// <summary>The largest number of parts for which distributing them takes a negligible fraction of the time.</summary>
    /// <remarks>A part should take about 8 µs, a million multiply-adds, against 50 ns to 2 µs for the hand-off; a float read or written counts as 16.</remarks>
    internal static long UsefulParts(in ConvolutionProblem problem, int batch)
    {
        const int WorkOfPart = 1_000_000;
        const int WorkOfFloat = 16;
        return batch * (problem.MultiplyAccumulates + (WorkOfFloat * ((long)problem.Input.Length + problem.Output.Length))) / WorkOfPart;
    }

    /// <summary>The number of pieces to cut something into, so that with <paramref name="others"/> units per piece every part gets at least two units.</summary>
    /// <param name="least">The fewest pieces.</param>
    /// <param name="most">The most that there can be.</param>
    /// <param name="others">Number of units per piece.</param>
    /// <param name="parts">Number of parts; a single part uses the fewest pieces.</param>
    internal static int Pieces(int least, int most, int others, int parts) =>
        parts == 1 || others == 0 ? least : Math.Clamp(((2 * parts) + others - 1) / others, least, Math.Max(least, most));
}
