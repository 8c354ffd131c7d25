using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>Dropout: zeroes elements at random during training (Srivastava 2014; the inverted form) and is the identity at inference.</summary>
/// <param name="Probability">Probability that an element is zeroed.</param>
public sealed record Dropout(double Probability = 0.5) : Op
{
    /// <inheritdoc/>
    public override OpType Type => OpType.Dropout;

    /// <inheritdoc/>
    public override string Kind => "dropout";

    /// <inheritdoc/>
    protected override string Attributes => Text(Probability);

    /// <inheritdoc/>
    public override Shape Infer(OpInputs inputs)
    {
        inputs.Require(Probability is >= 0 and < 1, $"expected a probability from 0 up to but not including 1, found {Text(Probability)}");
        return inputs.Single();
    }
}
