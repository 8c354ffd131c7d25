using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>A function applied to each number by itself: the shape stays.</summary>
public abstract record ActivationOp : Op
{
    /// <inheritdoc/>
    public override Shape Infer(OpInputs inputs) => inputs.Single();
}
