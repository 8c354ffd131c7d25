using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>Layer normalization (Ba 2016) over the channels: mean and variance of all channels of each pixel, as torchvision's <c>LayerNorm2d</c> of ConvNeXt (Liu 2022); of a vector over its features.</summary>
/// <remarks>The variance is biased. γ and β are of the channel. Every pixel is normalized on its own, so no answer depends on the batch or on other pixels.</remarks>
/// <param name="Channels">Channels of a feature map, or features of a vector.</param>
/// <param name="Epsilon">Added to the variance. PyTorch's default is 1e-5; ConvNeXt uses 1e-6.</param>
public sealed record LayerNorm(int Channels, double Epsilon = 1e-5) : Op
{
    /// <inheritdoc/>
    public override OpType Type => OpType.LayerNorm;

    /// <inheritdoc/>
    public override string Kind => "layer_norm";

    /// <inheritdoc/>
    public override ValueList<ParameterSpec> Parameters => [ParameterSpec.Of("weight", Channels), ParameterSpec.Of("bias", Channels)];

    /// <inheritdoc/>
    protected override string Attributes => $"{Channels}" + (Epsilon == 1e-5 ? "" : $", eps {Text(Epsilon)}");

    /// <inheritdoc/>
    public override Shape Infer(OpInputs inputs)
    {
        Shape shape = inputs.Single();
        inputs.Require(shape.Rank is 1 or 3, $"expected a feature map or a vector, found {shape}");
        inputs.RequireChannels(shape[0], Channels);
        inputs.Require(Epsilon >= 0 && double.IsFinite(Epsilon), $"expected a finite epsilon of at least 0, found {Text(Epsilon)}");
        return shape;
    }
}
