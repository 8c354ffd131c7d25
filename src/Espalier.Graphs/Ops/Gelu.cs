using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>x·Φ(x), with Φ the normal distribution's cumulative function (Hendrycks and Gimpel 2016): the exact form, PyTorch's default.</summary>
public sealed record Gelu : ActivationOp
{
    /// <inheritdoc/>
    public override Activation Activation => new(ActivationKind.Gelu);
}
