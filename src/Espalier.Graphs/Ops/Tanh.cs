using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>Hyperbolic tangent.</summary>
public sealed record Tanh : ActivationOp
{
    /// <inheritdoc/>
    public override Activation Activation => new(ActivationKind.Tanh);
}
