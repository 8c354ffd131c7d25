using Espalier.Graphs;

namespace Espalier.Execution;

/// <summary>A node with what its kernel does on the way out.</summary>
/// <param name="Node">The node whose op chooses the layer.</param>
/// <param name="Result">The last node that is fused: the one whose readers read the result.</param>
/// <param name="Residual">The value that a batch norm adds, or <see langword="null"/>.</param>
/// <param name="Relu">Whether a batch norm's result goes through a ReLU.</param>
internal sealed record TrainingGroup(Node Node, Node Result, string? Residual, bool Relu);
