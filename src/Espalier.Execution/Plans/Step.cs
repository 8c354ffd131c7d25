using System.Collections.Immutable;

namespace Espalier.Execution;

/// <summary>Does a part of a step's work.</summary>
/// <param name="arena">Where its values lie.</param>
/// <param name="part">Which part.</param>
/// <param name="parts">Of how many. Any split gives the same bits.</param>
public delegate void StepWork(Arena arena, int part, int parts);

/// <summary>One kernel call of a plan.</summary>
/// <param name="Name">The node whose result it makes.</param>
/// <param name="Kernel">The kernel, with what is fused into it.</param>
/// <param name="Inputs">What it reads from the arena.</param>
/// <param name="Output">What it makes.</param>
/// <param name="Work">What it does.</param>
public sealed record Step(string Name, string Kernel, ImmutableArray<PlanValue> Inputs, PlanValue Output, StepWork Work)
{
    /// <summary>Multiply-accumulates for one sample.</summary>
    public long MultiplyAccumulates { get; init; }

    /// <summary>What it keeps packed, for plans that can use the same; <see langword="null"/> for a step without weights.</summary>
    public object? Weights { get; init; }

    /// <summary>Bytes of weights that it keeps packed.</summary>
    public long PackedBytes { get; init; }
}
