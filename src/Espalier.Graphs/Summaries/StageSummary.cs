using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>One row of the table by stages.</summary>
/// <param name="Name">The stage: <c>conv2_x</c>.</param>
/// <param name="Nodes">How many nodes it has.</param>
/// <param name="Depth">The most convolutions and linear layers of the stage on one path: what the papers count as depth.</param>
/// <param name="Output">The shape of its last node's result.</param>
/// <param name="Parameters">Trainable parameters.</param>
/// <param name="MultiplyAccumulates">For one sample.</param>
/// <param name="ReceptiveField">Of its last node.</param>
public readonly record struct StageSummary(string Name, int Nodes, int Depth, Shape Output, long Parameters, long MultiplyAccumulates, ReceptiveField ReceptiveField)
{
    /// <summary>Those parameters that are not zero, or <see langword="null"/> where only the graph is known.</summary>
    public long? NonZeros { get; init; }

    /// <summary>Multiply-accumulates by weights that are not zero, or <see langword="null"/> where only the graph is known.</summary>
    public long? EffectiveMultiplyAccumulates { get; init; }
}
