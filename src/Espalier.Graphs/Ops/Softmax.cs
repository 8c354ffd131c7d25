using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>Softmax: probabilities from logits, eˣ / Σeˣ over the features of a vector.</summary>
public sealed record Softmax : Op
{
    /// <inheritdoc/>
    public override OpType Type => OpType.Softmax;

    /// <inheritdoc/>
    public override string Kind => "softmax";

    /// <inheritdoc/>
    public override Shape Infer(OpInputs inputs)
    {
        Shape shape = inputs.Single();
        inputs.Require(shape.Rank == 1, $"expected a vector, found {shape}");
        return shape;
    }
}
