using Espalier.Graphs;
using Espalier.Models;
using Espalier.Tensors;

namespace Espalier.Surgery.Tests.Pruning;

public sealed class WeightPrunerTests
{
    private static readonly Model s_network = Zoo.Create("cifar_resnet8").Initialize(1);
    private static readonly WeightPruningOptions s_options = new(WeightScore.Magnitude, PruneAmount.Fraction(0)) { IsGlobal = true };

    [Fact]
    public void A_measured_target_is_met_by_hardly_more_than_it_takes()
    {
        double whole = NonZeros.Of(s_network);
        int measured = 0;
        WeightPruningReport report = WeightPruner.ToMeasure(s_network, s_options, whole / 2, model =>
        {
            measured++;
            return NonZeros.Of(model);
        });

        Assert.InRange(NonZeros.Of(report.After) / whole, 0.48, 0.5);
        Assert.Equal(8, measured); // the model, the sparsest, and six halvings
    }

    [Fact]
    public void A_target_that_is_met_already_removes_nothing() =>
        Assert.Equal(0, WeightPruner.ToMeasure(s_network, s_options, 1, _ => 0.5).Removed);

    [Fact]
    public void A_target_out_of_reach_says_what_is_in_reach()
    {
        string message = Assert.Throws<EspalierException>(() => WeightPruner.ToMeasure(s_network, s_options, 1, _ => 3)).Message;
        Assert.Contains("cannot be 1: with 99% of the chosen weights removed it is 3", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.0, 1.0)]
    [InlineData(0.5, 0.5)]
    [InlineData(1.0, 0.25)]
    [InlineData(2.0, 0.25)]
    public void Iterative_pruning_keeps_the_same_share_at_every_step(double progress, double expected) =>
        Assert.Equal(expected, PruningSchedule.Geometric(1, 0.25, progress), 1e-12);
}
