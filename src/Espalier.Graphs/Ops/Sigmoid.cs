using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>Logistic sigmoid: 1 / (1 + e⁻ˣ).</summary>
public sealed record Sigmoid : ActivationOp
{
    /// <inheritdoc/>
    public override Activation Activation => new(ActivationKind.Sigmoid);
}
