using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Prunes whole residual blocks, by name or by rank, and writes it into the lineage.</summary>
public static class BlockPruner
{
    /// <summary>Removes the blocks of some names.</summary>
    /// <param name="model">The model.</param>
    /// <param name="scopes">Names or patterns of blocks: <c>layer3.4</c>, <c>layer*.2</c>.</param>
    /// <param name="mayEmptyStages">Whether a stage may lose its last block.</param>
    /// <exception cref="GraphException">A name means no block, or a stage would be left without one.</exception>
    public static BlockPruning Prune(Model model, ValueList<string> scopes, bool mayEmptyStages = false)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Finish(model, new ResidualBlockRemoval(scopes) { MayEmptyStages = mayEmptyStages }, []);
    }

    /// <summary>Removes the blocks that matter least.</summary>
    /// <param name="model">The model.</param>
    /// <param name="ranking">All its blocks, the least important first: from <see cref="BlockRanking"/>.</param>
    /// <param name="name">What the lineage calls the ranking: <c>output change</c>, <c>norm scale</c>, <c>survival</c>.</param>
    /// <param name="count">How many go.</param>
    /// <param name="mayEmptyStages">Whether a stage may lose its last block.</param>
    /// <exception cref="GraphException">Fewer can be removed; the message says how many.</exception>
    public static BlockPruning PruneLeast(Model model, IReadOnlyList<BlockScore> ranking, string name, int count, bool mayEmptyStages = false)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Finish(model, ResidualBlockRemoval.OfLeast(model.Graph, ranking, count, mayEmptyStages, name), ranking);
    }

    private static BlockPruning Finish(Model model, ResidualBlockRemoval removal, IReadOnlyList<BlockScore> ranking)
    {
        Model shorter = model.ApplyAndRecord(removal);
        var left = new HashSet<string>(ResidualUnits.Find(shorter.Graph).Units.Select(unit => unit.Scope), StringComparer.Ordinal);
        return new BlockPruning(shorter, [.. ResidualUnits.Find(model.Graph).Units.Select(unit => unit.Scope).Where(scope => !left.Contains(scope))], [.. ranking]);
    }
}
