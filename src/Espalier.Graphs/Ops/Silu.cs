using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>SiLU: x · sigmoid(x), also called swish (Ramachandran 2017).</summary>
public sealed record Silu : ActivationOp
{
    /// <inheritdoc/>
    public override Activation Activation => new(ActivationKind.Silu);
}
