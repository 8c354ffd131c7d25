using System.Collections.Immutable;
using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>Changes that folding applies together.</summary>
/// <param name="Stages">The patches in groups. The patches of a group apply to the model that the earlier groups produce.</param>
/// <param name="Regions">The regions that are merged.</param>
internal sealed record FoldingStep(ImmutableArray<ImmutableArray<Patch>> Stages, ImmutableArray<FoldedRegion> Regions)
{
    internal Model ApplyTo(Model model) => Stages.Aggregate(model, (model, stage) => model.Apply(stage));
}
