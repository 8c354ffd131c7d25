using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>A factor and, if <paramref name="Bias"/>, a shift for each channel: w·x + b. ConvNeXt's <c>layer_scale</c> (Touvron 2021, LayerScale) has factors only.</summary>
/// <remarks>It is a batch norm without statistics: linear, so it folds into the layers around it, and trainable.</remarks>
/// <param name="Channels">Channels of a feature map, or features of a vector.</param>
/// <param name="Bias">Whether there is a shift b.</param>
public sealed record Affine(int Channels, bool Bias = true) : Op
{
    /// <inheritdoc/>
    public override OpType Type => OpType.Affine;

    /// <inheritdoc/>
    public override string Kind => "affine";

    /// <inheritdoc/>
    public override ValueList<ParameterSpec> Parameters =>
        Bias ? [ParameterSpec.Of("weight", Channels), ParameterSpec.Of("bias", Channels)] : [ParameterSpec.Of("weight", Channels)];

    /// <inheritdoc/>
    protected override string Attributes => $"{Channels}" + (Bias ? "" : ", no bias");

    /// <inheritdoc/>
    public override Shape Infer(OpInputs inputs)
    {
        Shape shape = inputs.Single();
        inputs.Require(shape.Rank is 1 or 3, $"expected a feature map or a vector, found {shape}");
        inputs.RequireChannels(shape[0], Channels);
        return shape;
    }
}
