using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>Adaptive max pooling: the maxima over a grid of nearly equal parts of the feature map; 1x1 is global max pooling. NaN propagates.</summary>
/// <param name="Output">Output height and width. The parts are those of <see cref="AdaptiveAveragePool"/>.</param>
public sealed record AdaptiveMaxPool(Size Output) : Op
{
    /// <inheritdoc/>
    public override OpType Type => OpType.AdaptiveMaxPool;

    /// <inheritdoc/>
    public override string Kind => "adaptive_max_pool";

    /// <inheritdoc/>
    protected override string Attributes => Output.ToString();

    /// <inheritdoc/>
    public override Shape Infer(OpInputs inputs)
    {
        FeatureMap map = inputs.SingleMap();
        inputs.Require(Output is { Height: > 0, Width: > 0 }, $"expected an output of at least 1x1, found {Output}");
        return [map.Channels, Output.Height, Output.Width];
    }
}
