using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>Hard-swish: x · min(6, max(0, x + 3)) / 6 (Howard 2019).</summary>
public sealed record HardSwish : ActivationOp
{
    /// <inheritdoc/>
    public override Activation Activation => new(ActivationKind.HardSwish);
}
