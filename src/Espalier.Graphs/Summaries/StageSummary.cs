using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>One stage's row of a summary.</summary>
/// <param name="Name">The stage's name, such as <c>conv2_x</c>.</param>
/// <param name="Nodes">Number of nodes.</param>
/// <param name="Depth">The largest number of the stage's convolutions and linear layers on one path, as counted in the papers.</param>
/// <param name="Output">The shape of its last node's output, for one sample.</param>
/// <param name="Parameters">Number of trainable parameters.</param>
/// <param name="MultiplyAccumulates">MACs of one sample.</param>
/// <param name="ReceptiveField">The receptive field of its last node.</param>
public sealed record StageSummary(string Name, int Nodes, int Depth, Shape Output, long Parameters, long MultiplyAccumulates, ReceptiveField ReceptiveField)
{
    /// <summary>Number of non-zero parameters, or <see langword="null"/> where only the graph is known.</summary>
    public long? NonZeros { get; init; }

    /// <summary>MACs with non-zero weights, or <see langword="null"/> where only the graph is known.</summary>
    public long? EffectiveMultiplyAccumulates { get; init; }
}
