using System.Collections.Immutable;

namespace Espalier.Execution;

/// <summary>Places the values of a list of steps in one arena, so that values that are never alive together share memory.</summary>
/// <remarks>
/// Greedy by size (Pisarchyk and Lee 2020, "Efficient memory management for deep neural net inference", §5): the largest value first,
/// each at the lowest offset where it meets no placed value that lives at the same time.
/// </remarks>
public static class MemoryPlan
{
    // Floats: a cache line, so that every value starts where a vector load is aligned.
    private const int Alignment = 16;

    /// <summary>Sets every value's offset.</summary>
    /// <param name="steps">The steps in order. A value is alive from the step that makes it to the last one that reads it.</param>
    /// <param name="kept">Values that are read after the last step.</param>
    /// <returns>Floats of the arena for a batch of one.</returns>
    public static int Place(ImmutableArray<Step> steps, IEnumerable<PlanValue> kept)
    {
        ArgumentNullException.ThrowIfNull(kept);
        List<Lifetime> placed = [];
        foreach (Lifetime value in Lifetimes(steps, kept).OrderByDescending(value => value.Length).ThenBy(value => value.First))
        {
            value.Value.Offset = LowestFreeOffset(placed, value);
            placed.Add(value);
        }

        return placed.Count == 0 ? 0 : placed.Max(value => value.End);
    }

    private static int LowestFreeOffset(List<Lifetime> placed, Lifetime value)
    {
        int offset = 0;
        foreach (Lifetime other in placed.Where(other => other.Meets(value)).OrderBy(other => other.Value.Offset))
        {
            if (other.Value.Offset - offset >= value.Length)
            {
                break;
            }

            offset = Math.Max(offset, other.End);
        }

        return offset;
    }

    private static List<Lifetime> Lifetimes(ImmutableArray<Step> steps, IEnumerable<PlanValue> kept)
    {
        var last = new Dictionary<PlanValue, int>(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < steps.Length; i++)
        {
            last[steps[i].Output] = i;
            foreach (PlanValue input in steps[i].Inputs)
            {
                last[input] = i;
            }
        }

        foreach (PlanValue value in kept)
        {
            last[value] = steps.Length;
        }

        return [.. steps.Select((step, i) => new Lifetime(step.Output, i, last[step.Output]))];
    }

    private readonly record struct Lifetime(PlanValue Value, int First, int Last)
    {
        internal int Length => (Value.Layout.Length + Alignment - 1) / Alignment * Alignment;

        internal int End => checked(Value.Offset + Length);

        internal bool Meets(Lifetime other) => First <= other.Last && other.First <= Last;
    }
}
