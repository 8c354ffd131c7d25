using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>GELU in its approximation by a hyperbolic tangent, torch's <c>approximate="tanh"</c> (Hendrycks and Gimpel 2016); <see cref="Gelu"/> is the exact form.</summary>
public sealed record GeluTanh : ActivationOp
{
    /// <inheritdoc/>
    public override Activation Activation => new(ActivationKind.GeluTanh);
}
