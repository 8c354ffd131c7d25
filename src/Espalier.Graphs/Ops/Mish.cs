using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>Mish: x · tanh(ln(1 + eˣ)) (Misra 2019).</summary>
public sealed record Mish : ActivationOp
{
    /// <inheritdoc/>
    public override Activation Activation => new(ActivationKind.Mish);
}
