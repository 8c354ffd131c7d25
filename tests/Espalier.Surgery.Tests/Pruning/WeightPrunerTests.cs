using Espalier.Graphs;
using Espalier.Models;
using Espalier.Tensors;

namespace Espalier.Surgery.Tests.Pruning;

public sealed class WeightPrunerTests
{
    private static readonly Model s_network = Zoo.Create("cifar_resnet8").Initialize(1);
    private static readonly WeightPruning s_options = new() { Target = PruningTarget.Fraction(0), IsGlobal = true };

    [Fact]
    public void A_measured_target_is_met_by_hardly_more_than_it_takes()
    {
        double whole = NonZeros.Of(s_network);
        int measured = 0;
        PruningResult report = ToMeasure(whole / 2, model =>
        {
            measured++;
            return NonZeros.Of(model);
        });

        Assert.InRange(NonZeros.Of(report.Model) / whole, 0.48, 0.5);
        Assert.Equal(8, measured); // the model, the sparsest, and six halvings
    }

    [Fact]
    public void A_target_that_is_met_already_removes_nothing() =>
        Assert.Equal(0, ToMeasure(1, _ => 0.5).RemovedWeights);

    [Fact]
    public void A_target_out_of_reach_says_what_is_in_reach()
    {
        string message = Assert.Throws<EspalierException>(() => ToMeasure(1, _ => 3)).Message;
        Assert.Contains("cannot be 1: with 99% of the chosen weights removed it is 3", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.0, 1.0)]
    [InlineData(0.5, 0.5)]
    [InlineData(1.0, 0.25)]
    [InlineData(2.0, 0.25)]
    public void Iterative_pruning_keeps_the_same_share_at_every_step(double progress, double expected) =>
        Assert.Equal(expected, PruningSchedule.Geometric(1, 0.25, progress), 1e-12);

    [Fact]
    public void Steps_of_anything_make_up_the_whole()
    {
        PruningStep[] steps = [.. Enumerable.Range(1, 4).Select(number => new PruningStep(s_network, number, 4))];
        Assert.Equal(0.1, steps.Aggregate(1.0, (left, step) => left * (1 - step.ShareOf(0.9))), 1e-12);
        Assert.Equal(10, steps.Sum(step => step.CountOf(10)));
        Assert.Equal([50.0, 25, 12.5, 6.25], steps.Select(step => Math.Round(step.LeftOf(100, 6.25), 9)));
    }

    private static PruningResult ToMeasure(double target, Func<Model, double> measure) => s_network.Prune(s_options with { Target = PruningTarget.AtMost(new PruningMeasure("things", measure), target) });
}
