using System.Collections.Immutable;
using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>The changes that a pass plans for a model.</summary>
/// <param name="Patches">The changes, in the order in which to apply them.</param>
/// <param name="Refusals">The places that the pass considered and does not change.</param>
public sealed record PassPlan(ImmutableArray<Patch> Patches, ImmutableArray<Refusal> Refusals)
{
    /// <summary>The patches in groups. The patches of a group apply to the model that the earlier groups produce. By default there is one group.</summary>
    public ImmutableArray<ImmutableArray<Patch>> Stages { get; private init; } = [Patches];

    /// <summary>Creates a plan with several groups of patches.</summary>
    public static PassPlan InStages(ImmutableArray<ImmutableArray<Patch>> stages, ImmutableArray<Refusal> refusals) =>
        new([.. stages.SelectMany(stage => stage)], refusals) { Stages = stages };
}

/// <summary>A place that a pass did not change.</summary>
/// <param name="Node">The node that could not be rewritten.</param>
/// <param name="Reason">The rule that prevented the change, with the names of the other nodes.</param>
public sealed record Refusal(string Node, string Reason);
