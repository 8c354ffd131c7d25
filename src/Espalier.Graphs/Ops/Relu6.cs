using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>ReLU with an upper bound: min(6, max(0, x)) (MobileNet v1 and v2).</summary>
public sealed record Relu6 : ActivationOp
{
    /// <inheritdoc/>
    public override Activation Activation => new(ActivationKind.Relu6);
}
