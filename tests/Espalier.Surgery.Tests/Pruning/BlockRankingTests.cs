using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Models;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Surgery.Tests.Pruning;

public sealed class BlockRankingTests
{
    private static readonly Model Small = Zoo.Create("cifar_resnet14").Initialize(1);

    [Fact]
    public void A_block_that_adds_next_to_nothing_comes_first_by_either_measure()
    {
        Model model = Scaled(Small, "layer2.1.bn2.weight", 1e-3f);
        Assert.Equal("layer2.1", PruningCriteria.BlockNormScale.Rank(model, PruningContext.None)[0].Unit.Scope);
        IReadOnlyList<BlockScore> byOutput = PruningCriteria.OutputChange.Rank(model, On(CounterFill.Input([4, 3, 32, 32])));
        Assert.Equal("layer2.1", byOutput[0].Unit.Scope);
        Assert.InRange(byOutput[0].Score, 0, 0.01);
        Assert.Equal(byOutput.Select(score => score.Score).Order(), byOutput.Select(score => score.Score));
        Assert.Equal(6, byOutput.Count);
    }

    [Fact]
    public void The_measured_change_is_that_of_the_output_without_the_block()
    {
        Tensor input = CounterFill.Input([2, 3, 32, 32]);
        BlockScore score = PruningCriteria.OutputChange.Rank(Small, On(input)).Single(score => score.Unit.Scope == "layer3.1");
        float[] before = ReferenceExecutor.Run(Small, input).Read<float>().ToArray();
        float[] after = ReferenceExecutor.Run(Small.Apply(new ResidualBlockRemoval(["layer3.1"])), input).Read<float>().ToArray();
        double expected = Math.Sqrt(before.Zip(after, (b, a) => Math.Pow((double)a - b, 2)).Sum() / before.Sum(b => (double)b * b));
        Assert.Equal(expected, score.Score, 1e-12);
    }

    [Fact]
    public void Any_measure_of_the_network_without_the_block_can_rank()
    {
        IReadOnlyList<BlockScore> ranking = PruningCriteria.Measured("test", model => new NetworkSummary(model.Graph).Parameters).Rank(Small, PruningContext.None);
        Assert.Equal("layer3.1", ranking[0].Unit.Scope); // of the largest blocks the one without a smaller first convolution
    }

    [Fact]
    public void A_block_without_which_the_measure_is_no_number_comes_last()
    {
        IReadOnlyList<BlockScore> ranking = PruningCriteria.Measured("test", model => model.Graph.TryFind("layer2.1.add", out _) ? 1 : double.NaN).Rank(Small, PruningContext.None);
        Assert.Equal("layer2.1", ranking[^1].Unit.Scope);
    }

    [Fact]
    public void Blocks_that_survived_least_often_come_first()
    {
        Model wrapped = Small.Apply(new StochasticDepthWrap(new()));
        Assert.Equal(["layer3.1", "layer3.0", "layer2.1"], PruningCriteria.Survival.Rank(wrapped, PruningContext.None).Take(3).Select(score => score.Unit.Scope));
        Model even = Small.Apply(new StochasticDepthWrap(new() { Survival = SurvivalRule.Constant(0.5) }));
        Assert.Equal("layer3.1", PruningCriteria.Survival.Rank(even, PruningContext.None)[0].Unit.Scope);
    }

    [Fact]
    public void What_cannot_be_ranked_says_what_would_work()
    {
        Assert.Contains("rank by output change", Assert.Throws<GraphException>(() => PruningCriteria.Survival.Rank(Small, PruningContext.None)).Message, StringComparison.Ordinal);
        Model folded = new LinearFolding().Fold(Small).After;
        Assert.Contains("rank by output change", Assert.Throws<GraphException>(() => PruningCriteria.BlockNormScale.Rank(folded, PruningContext.None)).Message, StringComparison.Ordinal);
        Assert.Contains("no residual blocks", Assert.Throws<GraphException>(() => PruningCriteria.BlockNormScale.Rank(Zoo.Create("vgg11_bn").Initialize(1), PruningContext.None)).Message, StringComparison.Ordinal);
    }

    private static PruningContext On(Tensor input) => new() { Samples = _ => input, Runtime = ReferenceRuntime.Instance };

    private static Model Scaled(Model model, string name, float value)
    {
        Tensor tensor = model.Parameters[name].Value.Copy();
        tensor.Write<float>().Fill(value);
        return model.With(model.Parameters.With(name, new Parameter(tensor)));
    }
}
