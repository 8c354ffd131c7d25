using System.Collections.Immutable;
using Espalier.Execution;
using Espalier.Tensors;

namespace Espalier.Inference;

/// <summary>A model made ready to run at one input size: its steps, their packed weights, and where every value lies. For any batch.</summary>
internal sealed record InferencePlan
{
    /// <summary>The kernel calls in order.</summary>
    internal required ImmutableArray<Step> Steps { get; init; }

    /// <summary>The results, in the order of the graph's outputs.</summary>
    internal required ImmutableArray<PlanOutput> Outputs { get; init; }

    /// <summary>Floats of the arena for each sample.</summary>
    internal required long ArenaLength { get; init; }

    /// <summary>The shape of each step's result, for one sample.</summary>
    internal required ImmutableArray<Shape> StepShapes { get; init; }

    /// <summary>See <see cref="BatchPasses"/>.</summary>
    internal required bool MapsOutweighWeights { get; init; }
}

/// <summary>A result of a plan.</summary>
/// <param name="Name">The graph's name for it.</param>
/// <param name="Shape">Its shape, for one sample.</param>
/// <param name="Value">Where it lies.</param>
internal sealed record PlanOutput(string Name, Shape Shape, PlanValue Value);
