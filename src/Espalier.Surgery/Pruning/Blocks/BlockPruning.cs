using System.Collections.Immutable;
using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>What pruning residual blocks did.</summary>
/// <param name="Model">The shorter model, with a line of lineage.</param>
/// <param name="Removed">The blocks that went, in the order of the network.</param>
/// <param name="Ranking">All blocks, the least important first; empty where the blocks were named.</param>
public sealed record BlockPruning(Model Model, ImmutableArray<string> Removed, ImmutableArray<BlockScore> Ranking);
