using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>Rectified linear unit: max(0, x).</summary>
public sealed record Relu : ActivationOp
{
    /// <inheritdoc/>
    public override Activation Activation => new(ActivationKind.Relu);
}
