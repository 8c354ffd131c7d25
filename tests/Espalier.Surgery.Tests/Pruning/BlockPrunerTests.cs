using Espalier.Graphs;
using Espalier.Models;

namespace Espalier.Surgery.Tests.Pruning;

public sealed class BlockPrunerTests
{
    private static readonly Model s_network = Zoo.Create("cifar_resnet20").Initialize(1);

    [Fact]
    public void Named_blocks_go_and_the_lineage_tells_of_it()
    {
        PruningResult pruning = s_network.Prune(new BlockPruning { Scopes = ["layer*.1"] });

        Assert.Equal(["layer1.1", "layer2.1", "layer3.1"], pruning.RemovedBlocks);
        Assert.Empty(pruning.Ranking);
        LineageEntry entry = Assert.Single(pruning.Model.Metadata.Lineage);
        Assert.Equal("prune", entry.Action);
        Assert.Contains(new LineageSetting("granularity", "blocks"), entry.Settings);
        Assert.Contains(new LineageSetting("scope", "layer*.1"), entry.Settings);
    }

    [Fact]
    public void The_least_of_a_ranking_go()
    {
        IReadOnlyList<BlockScore> ranking = PruningCriteria.BlockNormScale.Rank(s_network, PruningContext.None);
        PruningResult pruning = s_network.Prune(new BlockPruning { Target = PruningTarget.Count(2), Criterion = PruningCriteria.BlockNormScale });

        Assert.Equal(2, pruning.RemovedBlocks.Length);
        Assert.Equal(ranking, pruning.Ranking);
        Assert.Equal(7, ResidualUnits.Find(pruning.Model.Graph).Units.Length);
        Assert.Contains(new LineageSetting("method", "norm scale"), pruning.Model.Metadata.Lineage[0].Settings);
    }
}
