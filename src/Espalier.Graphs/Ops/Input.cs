using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>The graph's input.</summary>
/// <param name="Shape">The shape of one sample, such as <c>[3, 224, 224]</c>.</param>
public sealed record Input(Shape Shape) : Op
{
    /// <inheritdoc/>
    public override OpType Type => OpType.Input;

    /// <inheritdoc/>
    public override string Kind => "input";

    /// <inheritdoc/>
    protected override string Attributes => Shape.ToString();

    /// <inheritdoc/>
    public override Shape Infer(OpInputs inputs)
    {
        inputs.RequireCount(0);
        inputs.Require(Shape.Rank is 1 or 3, $"expected a sample of rank 1 (features) or 3 (channels x height x width), found {Shape}");
        inputs.Require(Shape.Extents.All(extent => extent > 0), $"expected extents of at least 1, found {Shape}");
        return Shape;
    }
}
