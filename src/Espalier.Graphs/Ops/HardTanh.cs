using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>Limits to a range: min(maximum, max(minimum, x)); PyTorch's <c>Hardtanh</c>, ONNX's <c>Clip</c>.</summary>
/// <remarks>The gradient is 0 at the limits and outside, as PyTorch's <c>Hardtanh</c> has it. Of a range that is open on one side the other limit is the greatest or smallest float.</remarks>
/// <param name="Minimum">The smallest result.</param>
/// <param name="Maximum">The greatest result.</param>
public sealed record HardTanh(double Minimum, double Maximum) : ActivationOp
{
    /// <inheritdoc/>
    public override Activation Activation => new(ActivationKind.HardTanh) { Minimum = Minimum, Maximum = Maximum };

    /// <inheritdoc/>
    protected override string Attributes => $"{Text(Minimum)} to {Text(Maximum)}";

    /// <inheritdoc/>
    public override Shape Infer(OpInputs inputs)
    {
        inputs.Require(double.IsFinite(Minimum) && double.IsFinite(Maximum) && Minimum <= Maximum, $"expected a finite range, found {Text(Minimum)} to {Text(Maximum)}");
        return base.Infer(inputs);
    }
}
