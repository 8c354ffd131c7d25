using System.Collections.Immutable;
using Espalier.Execution;
using Espalier.Tensors;

namespace Espalier.Inference;

/// <summary>A model prepared for one input size and any batch: its steps, their packed weights, and the positions of all values.</summary>
internal sealed record InferencePlan
{
    /// <summary>The kernel calls, in order.</summary>
    internal required ImmutableArray<Step> Steps { get; init; }

    /// <summary>The outputs, in the order of the graph's outputs.</summary>
    internal required ImmutableArray<PlanOutput> Outputs { get; init; }

    /// <summary>Floats of the arena per sample.</summary>
    internal required long ArenaLength { get; init; }

    /// <summary>The shape of each step's output, for one sample.</summary>
    internal required ImmutableArray<Shape> StepShapes { get; init; }

    /// <summary>Whether feature maps have more bytes than the weights; see <see cref="BatchPasses"/>.</summary>
    internal required bool MapsOutweighWeights { get; init; }
}

/// <summary>An output of a plan.</summary>
/// <param name="Name">The output node's name.</param>
/// <param name="Shape">The shape, for one sample.</param>
/// <param name="Value">The value that holds it.</param>
internal sealed record PlanOutput(string Name, Shape Shape, PlanValue Value);
