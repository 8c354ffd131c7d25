using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>Max pooling: the maximum of each window; padding is ignored, and NaN propagates.</summary>
/// <param name="Kernel">Kernel size.</param>
public sealed record MaxPool(Size Kernel) : Op
{
    /// <summary>Distance between neighbouring windows, in input pixels.</summary>
    public Size Stride { get; init; } = Kernel;

    /// <summary>Padding in pixels; at most half the kernel size, as in PyTorch, so that no window consists of padding only.</summary>
    public Padding Padding { get; init; }

    /// <summary>Distance between neighbouring pixels of a window, in input pixels.</summary>
    public Size Dilation { get; init; } = 1;

    /// <summary>Whether the output size is rounded up, so that the last window may extend beyond the padded input.</summary>
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
