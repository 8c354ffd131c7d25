using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>Blurs and keeps every second pixel (Zhang 2019, "Making Convolutional Networks Shift-Invariant Again", §3.2): a binomial filter of 3x3, stride 2, reflected border of one pixel.</summary>
/// <remarks>The filter is the outer product of (1, 2, 1) / 4 with itself; timm's <c>BlurPool2d</c> with its defaults. It is fixed and not a parameter.</remarks>
public sealed record BlurPool : Op
{
    /// <inheritdoc/>
    public override OpType Type => OpType.BlurPool;

    /// <inheritdoc/>
    public override string Kind => "blur_pool";

    /// <summary>How the filter slides over the map; its padding is reflected.</summary>
    internal static Window Window { get; } = new(3) { Stride = 2, Padding = 1 };

    /// <inheritdoc/>
    public override Shape Infer(OpInputs inputs)
    {
        FeatureMap map = inputs.SingleMap();
        inputs.Require(Math.Min(map.Height, map.Width) >= 2, $"expected a map of at least 2x2 to reflect, found {map.Size}");
        return FeatureMap.Of(map.Channels, Window.Output(map.Size));
    }
}
