using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>Pixels of one value for each channel around a map.</summary>
/// <remarks>The value is a parameter (role <c>value</c>, one number for each channel), because folding computes it; zeros pad as PyTorch's <c>ZeroPad2d</c>.</remarks>
/// <param name="Channels">Channels.</param>
/// <param name="Padding">Pixels on each side.</param>
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
