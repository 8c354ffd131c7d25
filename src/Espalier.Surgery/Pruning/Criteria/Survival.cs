using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>See <see cref="PruningCriteria.Survival"/>.</summary>
internal sealed class Survival : IBlockCriterion
{
    public string Name => "survival";

    public IReadOnlyList<BlockScore> Rank(Model model, PruningContext context)
    {
        IReadOnlyList<BlockScore> scores = BlockScore.Rank(model, block => block.Survival
            ?? throw new GraphException(block.Scope, "is a plain sum, without a survival probability to rank it by; rank by output change or by norm scale"));
        return [.. scores.Reverse().OrderBy(score => score.Score)];
    }
}
