using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>Pads a feature map with one value per channel.</summary>
/// <remarks>The values are a parameter (role <c>value</c>, one per channel), because folding computes them; with zeros it is PyTorch's <c>ZeroPad2d</c>.</remarks>
/// <param name="Channels">Number of channels.</param>
/// <param name="Padding">Padding in pixels on each side.</param>
public sealed record Pad(int Channels, Padding Padding) : Op
{
    /// <inheritdoc/>
    public override OpType Type => OpType.Pad;

    /// <inheritdoc/>
    public override string Kind => "pad";

    /// <inheritdoc/>
    public override ValueList<ParameterSpec> Parameters => [ParameterSpec.Of("value", Channels) with { IsBuffer = true }];

    /// <inheritdoc/>
    protected override string Attributes => $"{Channels}, padding {Padding}";

    /// <inheritdoc/>
    public override Shape Infer(OpInputs inputs)
    {
        FeatureMap map = inputs.SingleMap();
        inputs.RequireChannels(map.Channels, Channels);
        inputs.Require(Padding.IsValid, $"expected padding of at least 0, found {Padding}");
        long height = (long)map.Height + Padding.Top + Padding.Bottom;
        long width = (long)map.Width + Padding.Left + Padding.Right;
        inputs.Require(Math.Max(height, width) <= int.MaxValue, $"a map of {height}x{width} is larger than can be counted");
        return [Channels, (int)height, (int)width];
    }
}
