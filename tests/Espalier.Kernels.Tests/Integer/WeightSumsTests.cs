using Espalier.Tensors;

namespace Espalier.Kernels.Tests;

public sealed class WeightSumsTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(64)]
    [InlineData(4_609)]
    [InlineData(20_000)]
    public void Sums_are_those_of_each_sign(int count)
    {
        sbyte[] drawn = [.. Enumerable.Range(0, count).Select(i => (sbyte)(byte)new CounterRandom(7).Below((ulong)i, 256))];
        foreach (sbyte[] weights in (sbyte[][])[drawn, [.. drawn.Select(_ => sbyte.MaxValue)], [.. drawn.Select(_ => sbyte.MinValue)]])
        {
            WeightSums sums = WeightSums.Of(weights);

            Assert.Equal(weights.Where(weight => weight > 0).Sum(weight => (long)weight), sums.Positive);
            Assert.Equal(weights.Where(weight => weight < 0).Sum(weight => (long)weight), sums.Negative);
            Assert.Equal(weights.Sum(weight => (long)weight), sums.Sum);
            Assert.Equal(weights.Sum(weight => Math.Abs((long)weight)), sums.Magnitude);
        }
    }
}
