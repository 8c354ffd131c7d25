using Espalier.Graphs;
using Espalier.Models;
using Espalier.Testing;
using OwnCriterion;

namespace Espalier.Surgery.Tests.Pruning;

/// <summary>A criterion that is not of this library prunes as those of it do, and requests that cannot be are refused.</summary>
public sealed class OwnCriterionTests
{
    private static readonly Model s_network = Zoo.Create("cifar_resnet8").Initialize(1);

    [Fact]
    public void The_sample_prunes_channels_and_weights()
    {
        string[] lines = SampleProgram.Run(typeof(FilterDeviation));

        Assert.Equal(2, lines.Length);
        Assert.Contains("weights removed by 'spread'", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void The_lineage_has_its_name_and_the_least_spread_goes()
    {
        PruningResult result = s_network.Prune(new ChannelPruning { Criterion = new FilterDeviation(), Target = PruningTarget.Fraction(0.25) });

        Assert.Contains(new LineageSetting("method", "spread"), result.Model.Metadata.Lineage[^1].Settings);
        ChannelGroups groups = ChannelGroups.Find(s_network.Graph);
        double[] scores = ChannelScores.Of(s_network, groups, new ChannelPruning { Criterion = new FilterDeviation() });
        ChannelGroup first = groups.Groups.First(group => group.Width > 1);
        double[] gone = [.. result.RemovedChannels.Where(unit => first.Units.Any(own => own.Index == unit.Index)).Select(unit => scores[unit.Index])];
        Assert.NotEmpty(gone);
        Assert.Equal(first.Units.Select(unit => scores[unit.Index]).Order().Take(gone.Length), gone.Order());
    }

    public static TheoryData<string> Impossible => [.. Requests.Keys];

    private static Dictionary<string, (PruningRequest Request, string Message)> Requests { get; } = new()
    {
        ["weights without a target"] = (new WeightPruning(), "Pruning weights needs a Target: a fraction"),
        ["2:4 with a target"] = (new WeightPruning { Pattern = WeightPattern.TwoOfFour, Target = PruningTarget.Fraction(0.5) }, "takes no target, found '50%'"),
        ["weights to MACs"] = (new WeightPruning { Target = PruningTarget.AtMostShare(PruningMeasure.MultiplyAccumulates, 0.5) }, "Masks do not change a network's multiply-accumulates"),
        ["weights to bytes"] = (new WeightPruning { Target = PruningTarget.AtMostShare(PruningMeasure.Bytes, 0.5) }, "Masks do not change a network's bytes"),
        ["a time without a clock"] = (new WeightPruning { Target = PruningTarget.AtMost(PruningMeasure.Milliseconds, 1) }, "needs PruningContext.Milliseconds"),
        ["channels without a target"] = (new ChannelPruning(), "Pruning channels needs a Target"),
        ["a number of channels"] = (new ChannelPruning { Target = PruningTarget.Count(8) }, "channels are pruned by a fraction"),
        ["channels to a sparsity"] = (new ChannelPruning { Target = PruningTarget.Sparsity(0.5) }, "Pruning channels does not support the target 'up to 50%'"),
        ["channels by gradients without any"] = (new ChannelPruning { Criterion = PruningCriteria.Taylor, Target = PruningTarget.Fraction(0.5) }, "needs PruningContext.Gradients"),
        ["blocks without a target or names"] = (new BlockPruning(), "needs a number of blocks as the target, or scopes"),
        ["a share of blocks"] = (new BlockPruning { Target = PruningTarget.Fraction(0.5) }, "Pruning blocks does not support the target '50%'"),
        ["named blocks with a criterion"] = (new BlockPruning { Scopes = ["layer1.0"], Criterion = PruningCriteria.Survival }, "All named blocks are removed"),
        ["blocks by output without samples"] = (new BlockPruning { Target = PruningTarget.Count(1), Criterion = PruningCriteria.OutputChange }, "needs PruningContext.Samples and Run"),
    };

    [Theory]
    [MemberData(nameof(Impossible))]
    public void What_cannot_be_says_what_would_work(string what) =>
        Assert.Contains(Requests[what].Message, Assert.ThrowsAny<Tensors.EspalierException>(() => s_network.Prune(Requests[what].Request)).Message, StringComparison.Ordinal);

    [Fact]
    public void Steps_together_do_what_is_asked_for()
    {
        var request = new ChannelPruning { Target = PruningTarget.AtMostShare(PruningMeasure.Parameters, 0.25) };
        Model model = s_network;
        foreach (int number in (int[])[1, 2])
        {
            model = model.Prune(request, step: new PruningStep(s_network, number, 2)).Model;
            double left = (double)ModelFigures.Of(model).Parameters / ModelFigures.Of(s_network).Parameters;
            Assert.InRange(left, number == 1 ? 0.45 : 0.2, number == 1 ? 0.5 : 0.25);
        }
    }

    [Fact]
    public void Of_scopes_so_many_blocks_go_as_are_asked_for()
    {
        Model deep = Zoo.Create("cifar_resnet20").Initialize(1);
        PruningResult result = deep.Prune(new BlockPruning { Target = PruningTarget.Count(2), Scopes = ["layer3"], Criterion = PruningCriteria.BlockNormScale });

        Assert.Equal(2, result.RemovedBlocks.Length);
        Assert.All(result.RemovedBlocks, block => Assert.StartsWith("layer3.", block, StringComparison.Ordinal));
        Assert.Equal(3, result.Ranking.Length);
    }
}
