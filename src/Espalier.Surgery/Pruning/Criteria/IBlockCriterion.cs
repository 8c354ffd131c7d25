using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>Ranks the residual blocks of a network.</summary>
public interface IBlockCriterion : IPruningCriterion
{
    /// <summary>Ranks all residual blocks.</summary>
    /// <param name="model">The network.</param>
    /// <param name="context">What it needs besides.</param>
    /// <returns>The blocks, the least important first: <see cref="BlockScore.Rank"/> sorts by a score of each.</returns>
    /// <exception cref="GraphException">There are no residual blocks, or they cannot be ranked so.</exception>
    IReadOnlyList<BlockScore> Rank(Model model, PruningContext context);
}
