using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>Parametric ReLU: x for x &gt; 0, otherwise slope·x, with slopes that are trained (He 2015, "Delving Deep into Rectifiers").</summary>
/// <remarks>The slopes are the parameter <c>weight</c>; PyTorch's <c>PReLU</c>.</remarks>
/// <param name="Slopes">Number of slopes: one for each channel, or 1 for all of them.</param>
public sealed record PRelu(int Slopes) : Op
{
    /// <inheritdoc/>
    public override OpType Type => OpType.PRelu;

    /// <inheritdoc/>
    public override string Kind => "prelu";

    /// <inheritdoc/>
    public override ValueList<ParameterSpec> Parameters => [ParameterSpec.Of("weight", Slopes)];

    /// <inheritdoc/>
    protected override string Attributes => Slopes == 1 ? "1 slope" : $"{Slopes} slopes";

    /// <inheritdoc/>
    public override Shape Infer(OpInputs inputs)
    {
        Shape shape = inputs.Single();
        inputs.Require(Slopes == 1 || Slopes == shape[0], $"expected 1 slope or one for each of {shape[0]} channels, found {Slopes}");
        return shape;
    }
}
