using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>Average pooling: the mean of each window.</summary>
/// <param name="Kernel">Kernel size.</param>
public sealed record AveragePool(Size Kernel) : Op
{
    /// <summary>Distance between neighbouring windows, in input pixels.</summary>
    public Size Stride { get; init; } = Kernel;

    /// <summary>Zero padding in pixels; at most half the kernel size, as in PyTorch, so that no window consists of padding only.</summary>
    public Padding Padding { get; init; }

    /// <summary>Whether padded pixels are counted in the divisor; PyTorch's default.</summary>
    public bool CountIncludePad { get; init; } = true;

    /// <summary>Whether the output size is rounded up, so that the last window may extend beyond the padded input.</summary>
    public bool CeilMode { get; init; }

    /// <summary>How the window slides.</summary>
    public Window Window => new(Kernel) { Stride = Stride, Padding = Padding, CeilMode = CeilMode };

    /// <inheritdoc/>
    public override OpType Type => OpType.AveragePool;

    /// <inheritdoc/>
    public override string Kind => "average_pool";

    /// <inheritdoc/>
    protected override string Attributes =>
        $"{Kernel}, stride {Stride}" + (Padding.IsNone ? "" : $", padding {Padding}") + (CountIncludePad ? "" : ", padding not counted") + (CeilMode ? ", ceil" : "");

    /// <inheritdoc/>
    public override Shape Infer(OpInputs inputs)
    {
        FeatureMap map = inputs.SingleMap();
        return FeatureMap.Of(map.Channels, WindowChecks.SlidePool(inputs, map.Size, Window));
    }
}
