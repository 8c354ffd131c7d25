using System.Collections.Immutable;
using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>Changes that folding makes at once.</summary>
/// <param name="Stages">The patches; each group is found against the model that the earlier ones make.</param>
/// <param name="Regions">What they merge.</param>
internal sealed record FoldingStep(ImmutableArray<ImmutableArray<Patch>> Stages, ImmutableArray<FoldedRegion> Regions)
{
    internal Model ApplyTo(Model model) => Stages.Aggregate(model, (model, stage) => model.Apply(stage));
}
