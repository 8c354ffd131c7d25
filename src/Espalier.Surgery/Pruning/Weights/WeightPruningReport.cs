using System.Collections.Immutable;
using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>A pruned model and what was done to it.</summary>
/// <param name="After">The model.</param>
/// <param name="Parameters">Each parameter that was to be pruned, in the network's order.</param>
public sealed record WeightPruningReport(Model After, ImmutableArray<PrunedParameter> Parameters)
{
    /// <summary>Weights of those parameters.</summary>
    public long Weights => Parameters.Sum(parameter => parameter.Shape.Count);

    /// <summary>How many of them are removed now.</summary>
    public long Removed => Parameters.Sum(parameter => parameter.Removed);
}
