using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>Reshapes a feature map to a vector: channel by channel, row by row.</summary>
public sealed record Flatten : Op
{
    /// <inheritdoc/>
    public override OpType Type => OpType.Flatten;

    /// <inheritdoc/>
    public override string Kind => "flatten";

    /// <inheritdoc/>
    public override Shape Infer(OpInputs inputs)
    {
        Shape shape = inputs.Single();
        return [checked((int)shape.Count)]; // a graph has no larger shapes
    }
}
