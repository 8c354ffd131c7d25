using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Training.Tests.Plans;

/// <summary>Blocks whose last norm takes in the join of stochastic depth and the ReLU behind it.</summary>
public class StochasticDepthFusionTests
{
    private const int Batch = 4;

    [Theory]
    [InlineData(StochasticDepthMode.Batch)]
    [InlineData(StochasticDepthMode.Row)]
    public void Chains_of_blocks_agree_with_the_reference_whatever_is_dropped(StochasticDepthMode outer)
    {
        for (ulong seed = 1; seed <= 30; seed++)
        {
            Model model = Blocks(new StochasticDepth(0.6) { Mode = outer });
            PlanCheck.Of(model, Batch, new TrainingPlanOptions { Seed = seed, Recompute = seed % 3 == 0 }).AssertClose(5e-4, $"{outer}, seed {seed}");
        }
    }

    [Fact]
    public void Weights_that_change_while_their_branch_is_dropped_are_there_when_it_survives()
    {
        Model before = Blocks(new StochasticDepth(1));
        var changed = before.With(before.Parameters.With(before.Parameters
            .Where(pair => pair.Key.EndsWith("conv.weight", StringComparison.Ordinal))
            .Select(pair => KeyValuePair.Create(pair.Key, pair.Value with { Value = CounterFill.Stream($"other {pair.Key}", pair.Value.Value.Shape, -0.1f, 0.2f) }))));
        long dropped = StepWhere(before, alive => !alive[0] && !alive[1]);
        long surviving = StepWhere(before, alive => alive[0] && alive[1]);
        using var pool = new WorkerPool(1);
        var plan = TrainingPlan.Build(before, new TrainingPlanOptions { Batch = Batch }, pool);
        plan.Forward(Images(), surviving);
        plan.Load(changed.Parameters.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.Value)));
        plan.Forward(Images(), dropped);
        float[] result = plan.Forward(Images(), surviving).ToArray();

        Assert.Equal(TrainingPlan.Build(changed, new TrainingPlanOptions { Batch = Batch }, pool).Forward(Images(), surviving).ToArray(), result);
    }

    private static long StepWhere(Model model, Func<bool[], bool> condition) => Enumerable.Range(0, 1000).First(step =>
        condition([.. ((string[])["a.drop", "b.drop"]).Select(node => new TrainingDraws(0, step).Survives(model.Graph[node], 0))]));

    private static Tensor Images() => CounterFill.Stream("images", [Batch, 3, 6, 6], -1, 2);

    private static Model Blocks(StochasticDepth outer)
    {
        var net = new GraphBuilder();
        Value stem = net.Input(3, 6, 6).Conv2d("stem", 8, 3, padding: 1).BatchNorm("stem_bn").Relu("stem_relu");
        Value stage = Block(Block(stem, "a"), "b").Conv2d("c.conv", 8, 3, padding: 1).BatchNorm("c.bn");
        Value x = Block(stem.StochasticDepth("outer", stage, outer), "d"); // its join has no ReLU, and what it drops holds joins that have one
        Graph graph = net.Build(x.GlobalAveragePool("pool").Flatten("flatten").Linear("fc", 5));
        return new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None);
    }

    private static Value Block(Value x, string name) =>
        x.StochasticDepth($"{name}.drop", x.Conv2d($"{name}.conv", 8, 3, padding: 1).BatchNorm($"{name}.bn"), new StochasticDepth(0.5)).Relu($"{name}.relu");
}
