using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>Pads a feature map with one value per channel, or with pixels of the map.</summary>
/// <remarks>
/// The values of <see cref="PaddingMode.Constant"/> are a parameter (role <c>value</c>, one per channel), because folding computes them.
/// The other modes have no parameter, like PyTorch's paddings: a checkpoint has nothing for <see cref="PaddingMode.Zero"/>.
/// </remarks>
/// <param name="Channels">Number of channels.</param>
/// <param name="Padding">Padding in pixels on each side; when reflecting, less than the map's extent.</param>
public sealed record Pad(int Channels, Padding Padding) : Op
{
    /// <summary>What the added pixels hold.</summary>
    public PaddingMode Mode { get; init; }

    /// <inheritdoc/>
    public override OpType Type => OpType.Pad;

    /// <inheritdoc/>
    public override string Kind => "pad";

    /// <inheritdoc/>
    public override ValueList<ParameterSpec> Parameters => Mode == PaddingMode.Constant ? [ParameterSpec.Of("value", Channels) with { IsBuffer = true }] : [];

    /// <inheritdoc/>
    protected override string Attributes => $"{Channels}, padding {Padding}" + (Mode == PaddingMode.Constant ? "" : $", {Mode}".ToLowerInvariant());

    /// <inheritdoc/>
    public override Shape Infer(OpInputs inputs)
    {
        FeatureMap map = inputs.SingleMap();
        inputs.RequireChannels(map.Channels, Channels);
        inputs.Require(Padding.IsValid, $"expected padding of at least 0, found {Padding}");
        inputs.Require(Enum.IsDefined(Mode), $"expected a padding mode, found {Mode}");
        bool fits = Mode != PaddingMode.Reflect || (Math.Max(Padding.Top, Padding.Bottom) < map.Height && Math.Max(Padding.Left, Padding.Right) < map.Width);
        inputs.Require(fits, $"expected padding of less than the map of {map.Size} to reflect, found {Padding}");
        long height = (long)map.Height + Padding.Top + Padding.Bottom;
        long width = (long)map.Width + Padding.Left + Padding.Right;
        inputs.Require(Math.Max(height, width) <= int.MaxValue, $"a map of {height}x{width} is larger than can be counted");
        return [Channels, (int)height, (int)width];
    }
}
