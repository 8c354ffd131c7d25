using Espalier.Kernels;

namespace Espalier.Execution;

/// <summary>A value that steps pass on: where it lies in the arena and how.</summary>
/// <param name="Name">The node whose result it is.</param>
/// <param name="Layout">How one image of it lies in memory.</param>
public sealed record PlanValue(string Name, BlockedLayout Layout)
{
    /// <summary>Floats from the arena's start, for a batch of one; a batch of n has n times the offset and n times the length.</summary>
    /// <remarks>Set once, by <see cref="MemoryPlan"/>.</remarks>
    public long Offset { get; internal set; } = -1;
}
