using System.Collections.Immutable;
using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>A model whose layers already hold what removed channels would have given them: remove <see cref="Removed"/> from it with <see cref="Groups"/>.</summary>
/// <param name="Model">The model, with biases where constants went.</param>
/// <param name="Groups">The groups of its graph.</param>
/// <param name="Removed">The units that may go now.</param>
/// <param name="Refusals">Those that must stay, by the layer that reads them, and why.</param>
internal sealed record ConstantsInBiases(Model Model, ChannelGroups Groups, ImmutableArray<ChannelUnit> Removed, ImmutableArray<Refusal> Refusals);
