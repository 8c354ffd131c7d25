using System.Collections.Immutable;

namespace Espalier.Execution;

/// <summary>Executes one part of a step's work.</summary>
/// <param name="arena">The memory of its values.</param>
/// <param name="part">Index of the part.</param>
/// <param name="parts">Number of parts. Results are bit-identical for any number.</param>
internal delegate void StepWork(Arena arena, int part, int parts);

/// <summary>One kernel call of a plan.</summary>
/// <param name="Name">The node whose output it computes.</param>
/// <param name="Kernel">The kernel's name, including fused operations.</param>
/// <param name="Inputs">The values that it reads.</param>
/// <param name="Output">The value that it writes.</param>
/// <param name="Work">The function that executes a part.</param>
internal sealed record Step(string Name, string Kernel, ImmutableArray<PlanValue> Inputs, PlanValue Output, StepWork Work)
{
    /// <summary>MACs of one sample.</summary>
    public long MultiplyAccumulates { get; init; }

    /// <summary>The packed weights, which other plans can share; <see langword="null"/> for a step without weights.</summary>
    public object? Weights { get; init; }

    /// <summary>Size of the packed weights in bytes.</summary>
    public long PackedBytes { get; init; }
}
