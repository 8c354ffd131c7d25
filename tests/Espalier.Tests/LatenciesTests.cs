namespace Espalier.Tests;

public class LatenciesTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.5, 2.5)]
    [InlineData(0.9, 3.7)]
    [InlineData(1, 4)]
    public void Percentiles_are_interpolated_as_numpy_does(double part, double expected) =>
        Assert.Equal(expected, new Latencies([4, 1, 3, 2]).Percentile(part), 1e-12);

    [Fact]
    public void One_run_is_every_percentile() => Assert.Equal(7, new Latencies([7]).Percentile(0.99));
}
