namespace Espalier.Serving.Tests;

public sealed class BatchGainTests
{
    private const int Most = 32;

    [Fact]
    public void Until_both_kinds_are_known_batches_take_what_waits()
    {
        var gain = new BatchGain();
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal(Most, gain.Limit(Most));
            gain.Add(4, 4);
        }
    }

    [Fact]
    public void Batches_that_gain_nothing_are_not_made_but_for_a_few()
    {
        var gain = new BatchGain();
        Learn(gain, alone: 1, together: 0.98);
        int[] limits = [.. Enumerable.Range(0, 64).Select(_ => gain.Limit(Most))];
        Assert.Equal(2, limits.Count(limit => limit == Most));
        Assert.Equal(62, limits.Count(limit => limit == 1));
    }

    [Fact]
    public void Batches_that_gain_are_made_and_one_request_is_tried_now_and_then()
    {
        var gain = new BatchGain();
        Learn(gain, alone: 1, together: 0.6);
        int[] limits = [.. Enumerable.Range(0, 64).Select(_ => gain.Limit(Most))];
        Assert.Equal(62, limits.Count(limit => limit == Most));
        Assert.Equal(2, limits.Count(limit => limit == 1));
    }

    [Fact]
    public void What_changes_is_noticed()
    {
        var gain = new BatchGain();
        Learn(gain, alone: 1, together: 0.98);
        Learn(gain, alone: 1, together: 0.5);
        Assert.True(Enumerable.Range(0, 31).Count(_ => gain.Limit(Most) == Most) >= 30);
    }

    private static void Learn(BatchGain gain, double alone, double together)
    {
        for (int i = 0; i < 30; i++)
        {
            gain.Add(1, alone);
            gain.Add(5, 5 * together);
        }
    }
}
