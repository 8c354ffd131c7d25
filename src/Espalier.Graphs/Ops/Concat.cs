using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>Concatenation of the inputs along the channels (Szegedy 2014; Huang 2017): of vectors, or of feature maps of equal height and width.</summary>
public sealed record Concat : Op
{
    /// <inheritdoc/>
    public override OpType Type => OpType.Concat;

    /// <inheritdoc/>
    public override string Kind => "concat";

    /// <inheritdoc/>
    public override Shape Infer(OpInputs inputs)
    {
        inputs.Require(inputs.Count >= 1, "takes 1 or more inputs, found none");
        Shape first = inputs[0];
        long channels = 0;
        for (int i = 0; i < inputs.Count; i++)
        {
            bool fits = inputs[i].Rank == first.Rank && inputs[i].WithoutFirst() == first.WithoutFirst();
            inputs.Require(fits, $"expected maps of one height and width, found {first} and {inputs[i]}");
            channels += inputs[i][0];
        }

        inputs.Require(channels <= int.MaxValue, $"{channels} channels are more than can be counted");
        return first.WithoutFirst().Prepend((int)channels);
    }
}
