using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>A map as a vector: channel by channel, row by row.</summary>
public sealed record Flatten : Op
{
    /// <inheritdoc/>
    public override string Kind => "flatten";

    /// <inheritdoc/>
    public override Shape Infer(OpInputs inputs)
    {
        Shape shape = inputs.Single();
        inputs.Require(shape.Count <= int.MaxValue, $"{shape} has more features than can be counted");
        return [(int)shape.Count];
    }
}
