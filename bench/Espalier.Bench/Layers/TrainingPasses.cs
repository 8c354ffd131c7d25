using Espalier.Execution;
using Espalier.Kernels;

namespace Espalier.Bench.Layers;

/// <summary>What the passes of a layer compute and move in one training step.</summary>
/// <param name="layer">The layer.</param>
/// <param name="batch">Samples of the step.</param>
internal sealed class TrainingPasses(TrainingLayer layer, int batch)
{
    /// <summary>Whether the layer does anything in a pass.</summary>
    internal bool Has(LayerPass pass) => pass switch
    {
        LayerPass.Repack => layer is ConvolutionLayer or LinearLayer,
        LayerPass.WeightGradient => layer is LinearLayer or ConvolutionLayer { WeightGradient: not null },
        LayerPass.Backward => layer is not (InputLayer or ConvolutionLayer { InputGradient: null }),
        _ => true,
    };

    /// <summary>The multiply-adds of a pass that cannot be avoided with its kernel; 0 where only data is moved.</summary>
    internal double Products(LayerPass pass) => (layer, pass) switch
    {
        (ConvolutionLayer convolution, LayerPass.Forward) => batch * ProductCount.Of(convolution.Packed.Problem, Kernel(pass), convolution.Packed.Problem.Output),
        (ConvolutionLayer convolution, LayerPass.WeightGradient) => batch * ProductCount.Of(convolution.Packed.Problem, Kernel(pass), convolution.Packed.Problem.Output),
        (ConvolutionLayer convolution, LayerPass.Backward) => batch * ProductCount.Of(convolution.Packed.Problem, Kernel(pass), convolution.Packed.Problem.Input),
        (LinearLayer, not LayerPass.Repack) => (double)batch * layer.Inputs[0].Layout.Channels * layer.Output.Layout.Channels,
        _ => 0,
    };

    /// <summary>The bytes that a pass must read and write, if nothing of it is in a cache.</summary>
    internal double Bytes(LayerPass pass)
    {
        double inputs = layer.Inputs.Sum(value => Bytes(value.Layout));
        double output = Bytes(layer.Output.Layout);
        return (layer, pass) switch
        {
            (_, LayerPass.Repack) => layer.PackedBytes,
            (BatchNormLayer, LayerPass.Forward) => inputs + Bytes(layer.Inputs[0].Layout) + output, // x is read for its moments and again
            (_, LayerPass.Forward) => inputs + output + (layer.PackedBytes / 2),
            (BatchNormLayer, LayerPass.Backward) => inputs + (2 * (Bytes(layer.Inputs[0].Layout) + output)) + (layer.ReadsOutputBackward ? 2 * output : 0), // x and the gradient of y twice, and y for its sign
            (ConvolutionLayer or LinearLayer, _) => inputs + output,
            _ => inputs + output + layer.Inputs.Select((value, i) => layer.ReadsInputBackward(i) ? Bytes(value.Layout) : 0).Sum() + (layer.ReadsOutputBackward ? output : 0),
        };
    }

    /// <summary>What passes of a kind have in common, such as <c>3x3 to 28 x 28, winograd4</c>.</summary>
    internal string Kind(LayerPass pass)
    {
        BlockedLayout output = layer.Output.Layout;
        string map = $"to {output.Height} x {output.Width}";
        if (layer is not ConvolutionLayer convolution)
        {
            return $"{layer.GetType().Name.Replace("Layer", "", StringComparison.Ordinal)} {map}";
        }

        ConvolutionProblem problem = convolution.Packed.Problem;
        string stride = problem.Stride.Height == 1 ? "" : $"/{problem.Stride.Height}";
        return $"{problem.Input.Channels} to {problem.Output.Channels}, {problem.Kernel.Height}x{problem.Kernel.Width}{stride} {map}{(pass == LayerPass.Repack ? "" : $", {Kernel(pass)}")}";
    }

    private string Kernel(LayerPass pass)
    {
        var convolution = (ConvolutionLayer)layer;
        return pass switch
        {
            LayerPass.WeightGradient => convolution.WeightGradient!.KernelName,
            LayerPass.Backward => convolution.InputGradient!.KernelName,
            _ => convolution.Packed.KernelName,
        };
    }

    private double Bytes(BlockedLayout layout) => (double)sizeof(float) * batch * layout.PaddedChannels * layout.Height * layout.Width;
}
