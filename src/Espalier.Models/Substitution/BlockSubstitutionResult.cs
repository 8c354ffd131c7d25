using System.Collections.Immutable;
using Espalier.Graphs;

namespace Espalier.Models;

/// <summary>A network in which blocks have replaced convolutions, with a report.</summary>
/// <param name="NetworkDefinition">The network with the blocks.</param>
/// <param name="Replaced">Names of the convolutions that were replaced.</param>
/// <param name="Plain">Names of the convolutions that were chosen but not replaced, and the reasons.</param>
/// <param name="Reduced">Names of the convolutions replaced by blocks with fewer branches than usual, and the reasons.</param>
internal sealed record BlockSubstitutionResult(
    NetworkDefinition NetworkDefinition, ImmutableArray<string> Replaced, ImmutableArray<(string Node, string Reason)> Plain, ImmutableArray<(string Node, string Reason)> Reduced);
