using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>SELU: 1.0507 · (x for x &gt; 0, otherwise 1.6733 · (eˣ − 1)) (Klambauer 2017).</summary>
public sealed record Selu : ActivationOp
{
    /// <inheritdoc/>
    public override Activation Activation => new(ActivationKind.Selu);
}
