using System.Collections.Immutable;
using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>A model in which the constants of channels with zero filters are included in the biases of the layers that read them. Removing <see cref="Removed"/> with <see cref="Groups"/> does not change its function.</summary>
/// <param name="Model">The model with the new biases.</param>
/// <param name="Groups">The channel groups of the new model's graph.</param>
/// <param name="Removed">The units that can be removed exactly.</param>
/// <param name="Refusals">The units whose removal would change the function, by the layer that reads them, with the reasons.</param>
internal sealed record ConstantsInBiases(Model Model, ChannelGroups Groups, ImmutableArray<ChannelUnit> Removed, ImmutableArray<Refusal> Refusals);
