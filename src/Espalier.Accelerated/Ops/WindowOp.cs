using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Kernels;
using Espalier.Tensors;
using ILGPU;

namespace Espalier.Accelerated;

/// <summary>An op whose output pixels are made of windows of the input, the same for all channels.</summary>
internal abstract class WindowOp : DeviceOp
{
    private readonly AxisTerms _rows;
    private readonly AxisTerms _columns;
    private SpatialMap? _transposed;

    protected WindowOp(Device device, Graph graph, Node node) : base(device, graph, node)
    {
        (_rows, _columns) = Terms(node.Op, InputShape().Size, OutputShape.Size);
        Map = new SpatialMap(Upload(_rows), Upload(_columns), InputShape().Size, OutputShape.Size);
    }

    /// <summary>The pixels of each window.</summary>
    protected SpatialMap Map { get; }

    /// <summary>The windows that each pixel is in.</summary>
    protected SpatialMap Transposed => _transposed ??= new SpatialMap(
        Upload(_rows.Transposed(InputShape().Height)), Upload(_columns.Transposed(InputShape().Width)), OutputShape.Size, InputShape().Size);

    private AxisMap Upload(AxisTerms terms) => new(Upload<int>(terms.Starts), Upload<AxisTerm>(terms.Terms));

    private static (AxisTerms Rows, AxisTerms Columns) Terms(Op op, Size input, Size output)
    {
        switch (op)
        {
            case MaxPool pool:
                return Sliding(Geometry.Of(pool), window => window.Inside);
            case AveragePool pool:
                return Sliding(Geometry.Of(pool), window => pool.CountIncludePad ? window.InsideOrPadding : window.Inside);
            case BlurPool:
                return (AxisTerms.Blur(input.Height), AxisTerms.Blur(input.Width));
            case Pad pad:
                return (AxisTerms.Pad(pad.Mode, pad.Padding.Top, input.Height, pad.Padding.Bottom), AxisTerms.Pad(pad.Mode, pad.Padding.Left, input.Width, pad.Padding.Right));
            default:
                return (Adaptive(input.Height, output.Height), Adaptive(input.Width, output.Width));
        }

        (AxisTerms, AxisTerms) Sliding(PoolGeometry geometry, Func<PoolWindow, int> divisor) => (
            AxisTerms.Of(Enumerable.Range(0, output.Height).Select(row => geometry.Rows(row, input.Height)), divisor),
            AxisTerms.Of(Enumerable.Range(0, output.Width).Select(column => geometry.Columns(column, input.Width)), divisor));
    }

    private static AxisTerms Adaptive(int input, int output) => AxisTerms.Of(Enumerable.Range(0, output).Select(at => PoolWindow.Adaptive(at, input, output)), window => window.Inside);
}

/// <summary>Weighted sums of windows: average pools, blurring, padding.</summary>
internal sealed class WeightedWindowOp(Device device, Graph graph, Node node) : WindowOp(device, graph, node)
{
    private bool IsGlobalMean => Node.Op is AdaptiveAveragePool { Output: { Height: 1, Width: 1 } };

    internal override void Forward(ForwardCall call)
    {
        if (IsGlobalMean)
        {
            PlaneMeans.Compute(Device, call.Inputs[0], InputShape().Pixels, call.Output);
            return;
        }

        ArrayView<float> outside = Node.Op is Pad { Mode: PaddingMode.Constant } ? call.Parameter("value") : default;
        WeightedWindows.Add(Device, call.Inputs[0], Map, outside, new GradientTarget(call.Output, adds: false));
    }

    internal override void Backward(BackwardCall call)
    {
        if (call.InputGradients[0] is { IsNeeded: true } target)
        {
            WeightedWindows.Add(Device, call.Gradient, Transposed, default, target);
        }
    }
}

/// <summary>Max pools.</summary>
internal sealed class MaxPoolOp(Device device, Graph graph, Node node) : WindowOp(device, graph, node)
{
    internal override void Forward(ForwardCall call) => GreatestPixels.Find(Device, call.Inputs[0], Map, call.Output);

    internal override void Backward(BackwardCall call)
    {
        if (call.InputGradients[0] is { IsNeeded: true } target)
        {
            GreatestPixels.Pass(Device, call.Forward.Inputs[0], Map, Transposed, call.Gradient, target);
        }
    }
}
