namespace Espalier.Kernels;

/// <summary>How a kernel's work is cut: units that no two parts share, each computed the same way whoever gets it.</summary>
internal static class WorkSplit
{
    /// <summary>The units [begin, end) of <paramref name="part"/>: near-equal shares that together cover all.</summary>
    internal static (int Begin, int End) Range(long units, int part, int parts)
    {
        Expect.That(part >= 0 && part < parts, $"part {part} of {parts}: expected 0 <= part < parts");
        Expect.That(units <= int.MaxValue, "more rows than one kernel call can count");
        return ((int)(units * part / parts), (int)(units * (part + 1) / parts));
    }
}
