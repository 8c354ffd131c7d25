using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>See <see cref="PruningCriteria.Survival"/>.</summary>
internal sealed class Survival : IBlockCriterion
{
    public string Name => "survival";

    public IReadOnlyList<BlockScore> Rank(Model model, PruningContext context)
    {
        IReadOnlyList<BlockScore> scores = BlockScore.Rank(model, block => block.Survival
            ?? throw new GraphException(block.Scope, "expected a block with stochastic depth to rank by survival probability, found a plain addition; rank by output change or norm scale"));
        return [.. scores.Reverse().OrderBy(score => score.Score)];
    }
}
