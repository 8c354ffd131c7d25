using System.Collections.Immutable;

namespace Espalier.Execution;

/// <summary>Places the values of a list of steps in one arena; values whose lifetimes do not overlap share memory.</summary>
/// <remarks>
/// Greedy by size (Pisarchyk and Lee 2020, "Efficient memory management for deep neural net inference", §5): the largest value first,
/// each at the lowest offset where it overlaps no placed value with an overlapping lifetime.
/// </remarks>
internal static class MemoryPlan
{
    // In floats: a cache line, so that every value is aligned for vector loads.
    private const int Alignment = 16;

    /// <summary>Sets the offsets of all values.</summary>
    /// <param name="steps">The steps in order. A value's lifetime extends from the step that writes it to the last one that reads it.</param>
    /// <param name="kept">Values that are read after the last step.</param>
    /// <returns>Floats of the arena per sample.</returns>
    public static long Place(ImmutableArray<Step> steps, IEnumerable<PlanValue> kept)
    {
        ArgumentNullException.ThrowIfNull(kept);
        return Place(Lifetimes(steps, kept));
    }

    /// <summary>Sets the offsets of all values.</summary>
    /// <param name="lifetimes">The lifetime of each value; each value once.</param>
    /// <returns>Floats of the arena per sample.</returns>
    public static long Place(IEnumerable<Lifetime> lifetimes)
    {
        List<Lifetime> placed = []; // by offset
        long end = 0;
        foreach (Lifetime value in lifetimes.OrderByDescending(Length).ThenBy(value => value.First))
        {
            (value.Value.Offset, int index) = LowestFreeOffset(placed, value);
            placed.Insert(index, value);
            end = Math.Max(end, End(value));
        }

        return end;
    }

    private static (long Offset, int Index) LowestFreeOffset(List<Lifetime> placed, Lifetime value)
    {
        long offset = 0;
        int length = Length(value);
        foreach (Lifetime other in placed)
        {
            if (!other.Meets(value))
            {
                continue;
            }

            if (other.Value.Offset - offset >= length)
            {
                break;
            }

            offset = Math.Max(offset, End(other));
        }

        int index = placed.FindIndex(other => other.Value.Offset >= offset);
        return (offset, index < 0 ? placed.Count : index);
    }

    private static int Length(Lifetime value)
    {
        const int AlignedBytes = Alignment * sizeof(float);
        return checked((int)((value.Value.Bytes + AlignedBytes - 1) / AlignedBytes * Alignment));
    }

    private static long End(Lifetime value) => value.Value.Offset + Length(value);

    private static List<Lifetime> Lifetimes(ImmutableArray<Step> steps, IEnumerable<PlanValue> kept)
    {
        var lifetimes = new Dictionary<PlanValue, Lifetime>(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < steps.Length; i++)
        {
            Use(lifetimes, steps[i].Output, i);
            foreach (PlanValue input in steps[i].Inputs)
            {
                Use(lifetimes, input, i);
            }
        }

        foreach (PlanValue value in kept)
        {
            Use(lifetimes, value, steps.Length);
        }

        return [.. lifetimes.Values];
    }

    // A value that is a part of another one shares its memory, so the lifetime of the whole is extended.
    private static void Use(Dictionary<PlanValue, Lifetime> lifetimes, PlanValue value, int step)
    {
        PlanValue placed = value.Whole ?? value;
        lifetimes[placed] = lifetimes.TryGetValue(placed, out Lifetime? before) ? before with { Last = step } : new Lifetime(placed, step, step);
    }
}
