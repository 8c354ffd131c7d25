using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>The elementwise product of two inputs; the second may have one value per channel (<c>[channels, 1, 1]</c>).</summary>
public sealed record Multiply : Op
{
    /// <inheritdoc/>
    public override OpType Type => OpType.Multiply;

    /// <inheritdoc/>
    public override string Kind => "multiply";

    /// <inheritdoc/>
    public override Shape Infer(OpInputs inputs)
    {
        inputs.RequireCount(2);
        bool perChannel = inputs[0].Rank == 3 && inputs[1] == Shape.Of(inputs[0][0], 1, 1);
        inputs.Require(perChannel || inputs[0] == inputs[1], $"expected a second input of shape {inputs[0]} or one pixel of as many channels, found {inputs[1]}");
        return inputs[0];
    }
}
