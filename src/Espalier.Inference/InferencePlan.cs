using System.Collections.Immutable;
using Espalier.Execution;
using Espalier.Tensors;

namespace Espalier.Inference;

/// <summary>A model made ready to run at one input size: its steps, their packed weights, and where every value lies. For any batch.</summary>
internal sealed record InferencePlan
{
    /// <summary>The kernel calls in order.</summary>
    internal required ImmutableArray<Step> Steps { get; init; }

    /// <summary>The values that are the result.</summary>
    internal required PlanValue Output { get; init; }

    /// <summary>The shape of the result, for one sample.</summary>
    internal required Shape OutputShape { get; init; }

    /// <summary>Floats of the arena for each sample.</summary>
    internal required int ArenaLength { get; init; }

    /// <summary>The shape of each step's result, for one sample.</summary>
    internal required ImmutableArray<Shape> StepShapes { get; init; }

    /// <summary>Bytes of packed weights.</summary>
    internal long PackedBytes => Steps.Sum(step => step.PackedBytes);
}
