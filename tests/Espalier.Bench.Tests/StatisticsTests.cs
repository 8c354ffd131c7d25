using Espalier.Bench.Measuring;

namespace Espalier.Bench.Tests;

public class StatisticsTests
{
    [Fact]
    public void Quartiles_lie_between_the_nearest_values_as_numpy_has_them() =>
        Assert.Equal(new Statistics(1, 1.75, 2.5, 4.75, 10), Statistics.Of([10, 1, 3, 2]));

    [Fact]
    public void One_value_is_all_five() => Assert.Equal(new Statistics(7, 7, 7, 7, 7), Statistics.Of([7]));

    [Fact]
    public void A_ratio_above_one_means_that_the_other_is_faster_and_is_taken_turn_by_turn()
    {
        var espalier = new ContestantResult("Espalier", "", [[10, 10, 30], [20, 20, 20]], []);
        var peer = new ContestantResult("peer", "", [[20, 20, 20], [30, 30, 90]], []);
        Assert.Equal(25.0 / 20, peer.RatioTo(espalier)); // medians of {10, 10, 20, 20, 20, 30} and {20, 20, 20, 30, 30, 90}
        Assert.Equal(new Statistics(1.5, 1.625, 1.75, 1.875, 2), peer.RatiosTo(espalier));
    }
}
