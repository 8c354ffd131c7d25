using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>A fully connected layer: W·x + b.</summary>
/// <param name="InFeatures">Input features.</param>
/// <param name="OutFeatures">Output features.</param>
/// <param name="Bias">Whether there is a bias b.</param>
public sealed record Linear(int InFeatures, int OutFeatures, bool Bias = true) : Op
{
    /// <summary>Whether the weights are integers from −127 to 127 times a scale for each output feature (parameter <c>weight_scale</c>): see <see cref="Conv2d.QuantizedWeights"/>.</summary>
    public bool QuantizedWeights { get; init; }

    /// <inheritdoc/>
    public override OpType Type => OpType.Linear;

    /// <inheritdoc/>
    public override string Kind => "linear";

    /// <inheritdoc/>
    public override ValueList<ParameterSpec> Parameters => ParameterSpec.OfLayer(ParameterSpec.Of("weight", OutFeatures, InFeatures), OutFeatures, Bias, QuantizedWeights);

    /// <inheritdoc/>
    protected override string Attributes => $"{InFeatures}→{OutFeatures}" + (Bias ? "" : ", no bias") + (QuantizedWeights ? ", 8-bit weights" : "");

    /// <inheritdoc/>
    public override Shape Infer(OpInputs inputs)
    {
        Shape shape = inputs.Single();
        inputs.Require(InFeatures > 0 && OutFeatures > 0, $"expected at least 1 feature in and out, found {InFeatures} and {OutFeatures}");
        inputs.Require(shape.Rank == 1, $"expected a vector, found {shape}: flatten it first");
        inputs.Require(shape[0] == InFeatures, $"was made for {InFeatures} features, found {shape[0]}");
        return [OutFeatures];
    }
}
