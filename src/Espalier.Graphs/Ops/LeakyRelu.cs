using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>Leaky ReLU: x for x &gt; 0, otherwise slope·x (Maas 2013).</summary>
/// <param name="Slope">The slope for negative x. PyTorch's default is 0.01.</param>
public sealed record LeakyRelu(double Slope = 0.01) : ActivationOp
{
    /// <inheritdoc/>
    public override Activation Activation => new(ActivationKind.LeakyRelu, Slope);

    /// <inheritdoc/>
    protected override string Attributes => $"slope {Text(Slope)}";

    /// <inheritdoc/>
    public override Shape Infer(OpInputs inputs)
    {
        inputs.Require(double.IsFinite(Slope), $"expected a finite slope, found {Text(Slope)}");
        return base.Infer(inputs);
    }
}
