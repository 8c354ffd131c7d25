using System.Collections.Immutable;
using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Execution.Tests;

public class MemoryPlanTests
{
    private static readonly StepWork Nothing = (_, _, _) => { };

    [Fact]
    public void A_chain_needs_only_its_two_largest_neighbours()
    {
        PlanValue[] values = [.. Enumerable.Range(0, 10).Select(i => Value(i, 16))];
        ImmutableArray<Step> steps = [.. values.Select((value, i) => Step(value, i == 0 ? [] : [values[i - 1]]))];

        Assert.Equal(32, MemoryPlan.Place(steps, [values[^1]]));
    }

    [Fact]
    public void Lifetimes_that_do_not_meet_share_memory_and_sums_may_exceed_an_int()
    {
        PlanValue a = Value(0, 1 << 30), b = Value(1, 1 << 30), c = Value(2, 1 << 30);

        Assert.Equal(2L << 30, MemoryPlan.Place([new Lifetime(a, 0, 3), new Lifetime(b, 2, 5), new Lifetime(c, 4, 6)]));
        Assert.Equal(a.Offset, c.Offset);
        Assert.Equal(3L << 30, MemoryPlan.Place([new Lifetime(a, 0, 4), new Lifetime(b, 2, 5), new Lifetime(c, 4, 6)]));
    }

    [Fact]
    public void A_shortcut_stays_alive_until_it_is_added()
    {
        PlanValue x = Value(0, 16), a = Value(1, 16), b = Value(2, 16), sum = Value(3, 16);
        ImmutableArray<Step> steps = [Step(x), Step(a, x), Step(b, a), Step(sum, b, x)];

        Assert.Equal(48, MemoryPlan.Place(steps, [sum]));
        Assert.Equal(3, new[] { x.Offset, a.Offset, b.Offset }.Distinct().Count());
    }

    [Fact]
    public void A_kept_value_survives_the_steps_after_it()
    {
        PlanValue kept = Value(0, 16), a = Value(1, 16), b = Value(2, 16);
        ImmutableArray<Step> steps = [Step(kept), Step(a, kept), Step(b, a)];

        MemoryPlan.Place(steps, [kept, b]);

        Assert.NotEqual(kept.Offset, b.Offset);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Values_that_live_at_the_same_time_never_overlap_and_start_aligned(int seed)
    {
        var dice = new CounterRandom((ulong)seed);
        ulong roll = 0;
        var values = new List<PlanValue>();
        var steps = ImmutableArray.CreateBuilder<Step>();
        for (int i = 0; i < 40; i++)
        {
            PlanValue[] inputs = [.. values.Where(_ => dice.Uniform(roll++) < 0.1)];
            values.Add(Value(i, 1 + (int)dice.Below(roll++, 300)));
            steps.Add(Step(values[^1], inputs));
        }

        long length = MemoryPlan.Place(steps.ToImmutable(), [values[^1]]);

        for (int i = 0; i < values.Count; i++)
        {
            Assert.True(values[i].Offset % 16 == 0, $"seed {seed}: value {i} starts at {values[i].Offset}");
            Assert.True(values[i].Offset + values[i].Layout.Length <= length, $"seed {seed}: value {i} ends outside the arena");
            for (int j = 0; j < i; j++)
            {
                bool aliveTogether = Last(steps, values[j]) >= i;
                bool overlap = values[i].Offset < values[j].Offset + values[j].Layout.Length && values[j].Offset < values[i].Offset + values[i].Layout.Length;
                Assert.False(aliveTogether && overlap, $"seed {seed}: values {j} and {i} overlap");
            }
        }
    }

    public static TheoryData<int> Seeds() => [.. Enumerable.Range(0, 50)];

    private static int Last(ImmutableArray<Step>.Builder steps, PlanValue value) =>
        Enumerable.Range(0, steps.Count).Last(i => steps[i].Output == value || steps[i].Inputs.Contains(value) || (i == steps.Count - 1 && steps[i].Output == value));

    private static PlanValue Value(int index, int length) => new($"v{index}", new BlockedLayout(length, 1, 1, 1));

    private static Step Step(PlanValue output, params PlanValue[] inputs) => new(output.Name, "none", [.. inputs], output, Nothing);
}
