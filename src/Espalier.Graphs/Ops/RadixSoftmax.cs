using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>Softmax across groups of channels: the attention between the branches of ResNeSt (Zhang 2020, §3.1, r-Softmax) and of SKNet (Li 2019, §3.1, Select).</summary>
/// <remarks>Channel c of group g becomes eˣ of it / Σeˣ over channel c of all groups: in PyTorch <c>x.view(radix, -1).softmax(0)</c> of each pixel.</remarks>
/// <param name="Radix">Number of groups; must divide the channels.</param>
public sealed record RadixSoftmax(int Radix) : Op
{
    /// <inheritdoc/>
    public override OpType Type => OpType.RadixSoftmax;

    /// <inheritdoc/>
    public override string Kind => "radix_softmax";

    /// <inheritdoc/>
    protected override string Attributes => $"radix {Radix}";

    /// <inheritdoc/>
    public override Shape Infer(OpInputs inputs)
    {
        Shape shape = inputs.Single();
        inputs.Require(Radix > 0 && shape[0] % Radix == 0, $"{Radix} groups do not divide {shape[0]} channels");
        return shape;
    }
}
