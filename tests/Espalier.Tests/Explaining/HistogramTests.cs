namespace Espalier.Tests;

public class HistogramTests
{
    [Fact]
    public void Bins_are_the_least_power_of_two_that_fits()
    {
        Histogram histogram = Of([0, 0.5f, 1, 1, 62.9f]);

        Assert.Equal((0, 1), (histogram.Start, histogram.Width));
        Assert.Equal(63, histogram.Counts.Length);
        Assert.Equal((2, 2, 1), (histogram.Counts[0], histogram.Counts[1], histogram.Counts[62]));
        Assert.Equal(63, histogram.End);
        Assert.Equal(2, Of([0, 64]).Width);
    }

    [Fact]
    public void Negative_values_lie_in_bins_that_begin_below_them()
    {
        Histogram histogram = Of([-1.5f, -0.0f, 30, 31]);

        Assert.Equal((-1.5, 0.5), (Of([-1.5f, 30]).Start, Of([-1.5f, 30]).Width));
        Assert.Equal((-2, 1), (histogram.Start, histogram.Width));
        Assert.Equal([1, 0, 1, .. Enumerable.Repeat(0L, 29), 1, 1], histogram.Counts);
    }

    [Theory]
    [InlineData(0f, 1)]
    [InlineData(1f, 1.0 / (1 << 23))]
    [InlineData(float.MaxValue, 2.028240960365167e31)]
    public void One_value_has_one_bin(float value, double width)
    {
        Histogram histogram = Of([value, value]);

        Assert.Equal([2], histogram.Counts);
        Assert.Equal(width, histogram.Width);
        Assert.InRange(value, histogram.Start, histogram.End);
    }

    [Fact]
    public void The_whole_range_of_numbers_fits()
    {
        Histogram histogram = Of([float.MinValue, float.Epsilon, float.MaxValue, 0]);

        Assert.InRange(histogram.Counts.Length, 1, HistogramTally.Most);
        Assert.Equal(4, histogram.Counts.Sum());
    }

    [Fact]
    public void Neither_order_nor_parts_matter()
    {
        float[] values = CounterFill.Stream("histogram", [4000], -1, 2).Read<float>().ToArray();
        for (int i = 0; i < values.Length; i++)
        {
            values[i] *= MathF.Pow(10, (i % 9) - 6) * (i % 5 == 0 ? 0 : 1);
        }

        Histogram whole = Of(values);
        var parts = new HistogramTally();
        foreach (float[] part in values.OrderBy(Math.Abs).Chunk(7))
        {
            parts.Add(part, part.Min(), part.Max());
        }

        Histogram found = parts.ToHistogram();
        Assert.Equal((whole.Start, whole.Width), (found.Start, found.Width));
        Assert.Equal(whole.Counts, found.Counts);
        Assert.Equal(values.Length, whole.Counts.Sum());
        Assert.All(whole.Counts.Index(), bin => Assert.Equal(
            values.Count(value => value >= whole.Start + (bin.Index * whole.Width) && value < whole.Start + ((bin.Index + 1) * whole.Width)), bin.Item));
    }

    private static Histogram Of(float[] values)
    {
        var tally = new HistogramTally();
        tally.Add(values, values.Min(), values.Max());
        return tally.ToHistogram();
    }
}
