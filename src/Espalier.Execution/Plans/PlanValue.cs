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

    /// <summary>Where the value is a run of blocks of another one: that one, which alone is placed; otherwise <see langword="null"/>.</summary>
    public PlanValue? Whole { get; init; }

    /// <summary>Floats from the start of an image of <see cref="Whole"/>.</summary>
    public int Start { get; init; }
}
