using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>Adaptive average pooling: the means over a grid of nearly equal parts of the feature map; 1x1 is global average pooling (Lin 2013).</summary>
/// <param name="Output">Output height and width. Part i of n covers input pixels from ⌊i·in/n⌋ to ⌈(i+1)·in/n⌉, exclusive.</param>
public sealed record AdaptiveAveragePool(Size Output) : Op
{
    /// <inheritdoc/>
    public override OpType Type => OpType.AdaptiveAveragePool;

    /// <inheritdoc/>
    public override string Kind => "adaptive_average_pool";

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
