using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>The mean under the window.</summary>
/// <param name="Kernel">The window.</param>
public sealed record AveragePool(Size Kernel) : Op
{
    /// <summary>Input pixels from one output pixel to the next.</summary>
    public Size Stride { get; init; } = Kernel;

    /// <summary>Pixels around the input; at most half the window, as PyTorch demands, so that no window is all padding.</summary>
    public Padding Padding { get; init; }

    /// <summary>Whether padded pixels count in the divisor, as PyTorch has it by default.</summary>
    public bool CountIncludePad { get; init; } = true;

    /// <summary>Whether the output size is rounded up, so that the last window may hang over the edge.</summary>
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
