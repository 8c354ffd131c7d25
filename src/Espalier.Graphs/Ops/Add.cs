using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>The sum of two or more inputs of the same shape, such as a shortcut and a residual branch (He 2015, eq. 1).</summary>
public sealed record Add : Op
{
    /// <inheritdoc/>
    public override OpType Type => OpType.Add;

    /// <inheritdoc/>
    public override string Kind => "add";

    /// <inheritdoc/>
    public override Shape Infer(OpInputs inputs)
    {
        inputs.Require(inputs.Count >= 2, $"takes 2 or more inputs, found {inputs.Count}");
        for (int i = 1; i < inputs.Count; i++)
        {
            inputs.Require(inputs[i] == inputs[0], $"expected inputs of one shape, found {inputs[0]} and {inputs[i]}");
        }

        return inputs[0];
    }
}
