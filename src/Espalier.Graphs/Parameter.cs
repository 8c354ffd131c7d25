using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>One parameter or buffer of a model.</summary>
/// <param name="Value">The numbers. Shared between models: whoever did not make them only reads them.</param>
public sealed record Parameter(Tensor Value)
{
    /// <summary>Whether training may change it. Buffers and frozen parts are not trainable.</summary>
    public bool Trainable { get; init; } = true;

    /// <summary>Which numbers pruning has kept (1) and removed (0), or <see langword="null"/> for all kept. Of the value's shape.</summary>
    public Tensor? Mask { get; init; }
}
