using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>min(6, max(0, x + 3)) / 6 (Howard 2019).</summary>
public sealed record HardSigmoid : ActivationOp
{
    /// <inheritdoc/>
    public override Activation Activation => new(ActivationKind.HardSigmoid);
}
