using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>The greatest number under the window; padding never wins, and NaN does.</summary>
/// <param name="Kernel">The window.</param>
public sealed record MaxPool(Size Kernel) : Op
{
    /// <summary>Input pixels from one output pixel to the next.</summary>
    public Size Stride { get; init; } = Kernel;

    /// <summary>Pixels around the input; at most half the window, as PyTorch demands, so that no window is all padding.</summary>
    public Padding Padding { get; init; }

    /// <summary>Input pixels from one tap to the next.</summary>
    public Size Dilation { get; init; } = 1;

    /// <summary>Whether the output size is rounded up, so that the last window may hang over the edge.</summary>
    public bool CeilMode { get; init; }

    /// <summary>How the window slides.</summary>
    public Window Window => new(Kernel) { Stride = Stride, Padding = Padding, Dilation = Dilation, CeilMode = CeilMode };

    /// <inheritdoc/>
    public override OpType Type => OpType.MaxPool;

    /// <inheritdoc/>
    public override string Kind => "max_pool";

    /// <inheritdoc/>
    protected override string Attributes =>
        $"{Kernel}, stride {Stride}" + (Padding.IsNone ? "" : $", padding {Padding}") + (Dilation == 1 ? "" : $", dilation {Dilation}") + (CeilMode ? ", ceil" : "");

    /// <inheritdoc/>
    public override Shape Infer(OpInputs inputs)
    {
        FeatureMap map = inputs.SingleMap();
        return FeatureMap.Of(map.Channels, WindowChecks.SlidePool(inputs, map.Size, Window));
    }
}
