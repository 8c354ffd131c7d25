using Espalier.Graphs;

namespace Espalier.Execution;

/// <summary>A node with the nodes that are fused into its kernel.</summary>
/// <param name="Node">The node whose op determines the layer.</param>
/// <param name="Result">The last fused node, whose output is that of the layer.</param>
/// <param name="Residual">The value that a batch norm adds, or <see langword="null"/>.</param>
/// <param name="Relu">Whether a ReLU is fused into a batch norm.</param>
internal sealed record TrainingGroup(Node Node, Node Result, string? Residual, bool Relu);
