using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>One row of a summary.</summary>
/// <param name="Node">The node.</param>
/// <param name="Output">The shape of its result, for one sample.</param>
/// <param name="Parameters">Trainable parameters; one that is tied counts where it comes first.</param>
/// <param name="MultiplyAccumulates">For one sample.</param>
/// <param name="ReceptiveField">What one pixel of the result sees of the input.</param>
public readonly record struct NodeSummary(Node Node, Shape Output, long Parameters, long MultiplyAccumulates, ReceptiveField ReceptiveField)
{
    /// <summary>Those parameters that are not zero, or <see langword="null"/> where only the graph is known.</summary>
    public long? NonZeros { get; init; }

    /// <summary>Multiply-accumulates by weights that are not zero, or <see langword="null"/> where only the graph is known.</summary>
    public long? EffectiveMultiplyAccumulates { get; init; }
}
