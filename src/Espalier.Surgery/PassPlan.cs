using System.Collections.Immutable;
using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>What a pass would do.</summary>
/// <param name="Patches">The changes, in the order in which to apply them.</param>
/// <param name="Refusals">What it looked at and left alone.</param>
public sealed record PassPlan(ImmutableArray<Patch> Patches, ImmutableArray<Refusal> Refusals)
{
    /// <summary>The patches in the groups in which they are applied: those of one are found against the model that the earlier ones make. One group unless said otherwise.</summary>
    public ImmutableArray<ImmutableArray<Patch>> Stages { get; private init; } = [Patches];

    /// <summary>A plan of several stages.</summary>
    public static PassPlan InStages(ImmutableArray<ImmutableArray<Patch>> stages, ImmutableArray<Refusal> refusals) =>
        new([.. stages.SelectMany(stage => stage)], refusals) { Stages = stages };
}

/// <summary>A place that a pass left alone.</summary>
/// <param name="Node">The node that could not be rewritten.</param>
/// <param name="Reason">The rule that stood in the way, with the names of the other nodes.</param>
public sealed record Refusal(string Node, string Reason);
