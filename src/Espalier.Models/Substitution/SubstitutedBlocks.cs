using System.Collections.Immutable;
using Espalier.Graphs;

namespace Espalier.Models;

/// <summary>A network with blocks in the place of convolutions.</summary>
/// <param name="Blueprint">The network.</param>
/// <param name="Replaced">The names of the convolutions that became blocks.</param>
/// <param name="Plain">Those that were chosen but stayed, and why.</param>
/// <param name="Reduced">Those that became blocks with fewer branches than usual, and why.</param>
public sealed record SubstitutedBlocks(
    Blueprint Blueprint, ImmutableArray<string> Replaced, ImmutableArray<(string Node, string Reason)> Plain, ImmutableArray<(string Node, string Reason)> Reduced);
