using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>One node's row of a summary.</summary>
/// <param name="Node">The node.</param>
/// <param name="Output">The shape of its output, for one sample.</param>
/// <param name="Parameters">Number of trainable parameters; tied ones are counted at their first node.</param>
/// <param name="MultiplyAccumulates">MACs of one sample.</param>
/// <param name="ReceptiveField">The receptive field of one output pixel in the input.</param>
public sealed record NodeSummary(Node Node, Shape Output, long Parameters, long MultiplyAccumulates, ReceptiveField ReceptiveField)
{
    /// <summary>Number of non-zero parameters, or <see langword="null"/> where only the graph is known.</summary>
    public long? NonZeros { get; init; }

    /// <summary>MACs with non-zero weights, or <see langword="null"/> where only the graph is known.</summary>
    public long? EffectiveMultiplyAccumulates { get; init; }
}
