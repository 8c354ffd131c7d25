using Espalier.Graphs;
using Espalier.Models;

namespace Espalier.Surgery.Tests.Pruning;

public sealed class BlockPrunerTests
{
    private static readonly Model s_network = Zoo.Create("cifar_resnet20").Initialize(1);

    [Fact]
    public void Named_blocks_go_and_the_lineage_tells_of_it()
    {
        BlockPruning pruning = BlockPruner.Prune(s_network, ["layer*.1"]);

        Assert.Equal(["layer1.1", "layer2.1", "layer3.1"], pruning.Removed);
        Assert.Empty(pruning.Ranking);
        LineageEntry entry = Assert.Single(pruning.Model.Metadata.Lineage);
        Assert.Equal("prune", entry.Action);
        Assert.Contains(new LineageSetting("granularity", "blocks"), entry.Settings);
        Assert.Contains(new LineageSetting("scope", "layer*.1"), entry.Settings);
    }

    [Fact]
    public void The_least_of_a_ranking_go()
    {
        IReadOnlyList<BlockScore> ranking = BlockRanking.ByNormScale(s_network);
        BlockPruning pruning = BlockPruner.PruneLeast(s_network, ranking, "norm", 2);

        Assert.Equal(2, pruning.Removed.Length);
        Assert.Equal(ranking, pruning.Ranking);
        Assert.Equal(7, ResidualUnits.Find(pruning.Model.Graph).Units.Length);
        Assert.Contains(new LineageSetting("method", "norm"), pruning.Model.Metadata.Lineage[0].Settings);
    }
}
