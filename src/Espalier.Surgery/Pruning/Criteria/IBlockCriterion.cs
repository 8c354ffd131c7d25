using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>Ranks the residual blocks of a network.</summary>
public interface IBlockCriterion : IPruningCriterion
{
    /// <summary>Ranks all residual blocks.</summary>
    /// <param name="model">The model whose blocks are ranked.</param>
    /// <param name="context">The samples, runtime and gradients that <see cref="IPruningCriterion.Needs"/> declares.</param>
    /// <returns>The blocks, least important first; <see cref="BlockScore.Rank"/> sorts them by a score.</returns>
    /// <exception cref="GraphException">There are no residual blocks, or the criterion cannot rank them.</exception>
    IReadOnlyList<BlockScore> Rank(Model model, PruningContext context);
}
