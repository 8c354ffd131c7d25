using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>A function applied element by element; the shape is kept.</summary>
public abstract record ActivationOp : Op
{
    /// <inheritdoc/>
    public override Shape Infer(OpInputs inputs) => inputs.Single();
}
