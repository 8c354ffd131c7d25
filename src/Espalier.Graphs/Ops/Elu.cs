using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>ELU: x for x &gt; 0, otherwise α·(eˣ − 1) (Clevert 2015).</summary>
/// <param name="Alpha">α; PyTorch's default is 1.</param>
public sealed record Elu(double Alpha = 1) : ActivationOp
{
    /// <inheritdoc/>
    public override Activation Activation => new(ActivationKind.Elu, Alpha);

    /// <inheritdoc/>
    protected override string Attributes => Alpha == 1 ? "" : $"alpha {Text(Alpha)}";

    /// <inheritdoc/>
    public override Shape Infer(OpInputs inputs)
    {
        inputs.Require(double.IsFinite(Alpha), $"expected a finite alpha, found {Text(Alpha)}");
        return base.Infer(inputs);
    }
}
