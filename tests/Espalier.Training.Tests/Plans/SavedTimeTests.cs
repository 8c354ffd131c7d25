using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Training.Tests.Plans;

public class SavedTimeTests
{
    private const int Batch = 4;

    [Fact]
    public void A_spared_sample_counts_as_much_as_a_computed_one_took_and_dropping_is_not_free()
    {
        var cost = new LayerCost();
        cost.Count(computed: 4, usual: 4);
        cost.Add(LayerPass.Forward, 100, isDropped: false);
        cost.Add(LayerPass.Backward, 60, isDropped: false); // the backward pass
        Assert.Equal(0, cost.SavedTicks);
        cost.Count(computed: 0, usual: 4);
        cost.Add(LayerPass.Forward, 10, isDropped: true);
        Assert.Equal(150, cost.SavedTicks);
        cost.Count(computed: 1, usual: 4); // a row mode's batch
        cost.Add(LayerPass.Forward, 40, isDropped: false);
        Assert.Equal((7 * 200 / 5.0) - 10, cost.SavedTicks);
        cost.Reset();
        Assert.Equal(0, cost.SavedTicks);
    }

    [Fact]
    public void Computing_what_no_one_would_need_costs_instead()
    {
        var cost = new LayerCost();
        cost.Count(computed: 4, usual: 0);
        cost.Add(LayerPass.Forward, 100, isDropped: false);
        Assert.Equal(-100, cost.SavedTicks);
    }

    [Fact]
    public void Only_drops_change_the_saved_time()
    {
        Assert.Equal(double.NaN, Saved(null));
        Assert.Equal(0, Saved(new StochasticDepth(1)));
        AssertCounted(Saved(new StochasticDepth(0.5)));
        AssertCounted(Saved(new StochasticDepth(0.5) { Mode = StochasticDepthMode.Row, Scaling = StochasticDepthScaling.Inverted }));
    }

    /// <summary>How much a network as small as this saves is the clock's to say, and on a busy machine it may be less than nothing; that it is counted is not.</summary>
    private static void AssertCounted(double saved)
    {
        Assert.True(double.IsFinite(saved), $"{saved}");
        Assert.NotEqual(0, saved);
    }

    /// <summary>Of some steps, in which branches of every kind are drawn.</summary>
    private static double Saved(StochasticDepth? op)
    {
        var net = new GraphBuilder();
        Value x = net.Input(8, 12, 12);
        Value branch = x.Conv2d("conv", 8, 3, padding: 1).BatchNorm("bn");
        Graph graph = net.Build(op is null ? x.Add("sum", branch) : x.StochasticDepth("drop", branch, op));
        using var pool = new WorkerPool(1);
        var plan = TrainingPlan.Build(new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None), new TrainingPlanOptions { Batch = Batch }, pool);
        Tensor images = CounterFill.Input([Batch, 8, 12, 12]);
        for (int step = 0; step < 16; step++)
        {
            plan.Backward(plan.Forward(images, step).ToArray());
        }

        return plan.SavedSeconds;
    }
}
