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

    /// <summary>Into how many parts a batch can be cut before handing out parts takes a noticeable share of the time.</summary>
    /// <remarks>A part should take about 8 µs, a million multiply-adds, against 50 ns to 2 µs for the hand-off; a float read or written counts as 16.</remarks>
    internal static long UsefulParts(in ConvolutionProblem problem, int batch)
    {
        const int WorkOfPart = 1_000_000;
        const int WorkOfFloat = 16;
        return batch * (problem.MultiplyAccumulates + (WorkOfFloat * ((long)problem.Input.Length + problem.Output.Length))) / WorkOfPart;
    }

    /// <summary>Into how many pieces something is cut that is also cut in <paramref name="others"/> other ways, so that every part finds two units of work.</summary>
    /// <param name="least">The fewest pieces.</param>
    /// <param name="most">The most that there can be.</param>
    /// <param name="others">Units that each piece makes.</param>
    /// <param name="parts">Parts that share the units; a single part needs no more than the fewest.</param>
    internal static int Pieces(int least, int most, int others, int parts) =>
        parts == 1 || others == 0 ? least : Math.Clamp(((2 * parts) + others - 1) / others, least, Math.Max(least, most));
}
