using Espalier.Graphs;
using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Execution;

/// <summary>Creates the kernel calls of <see cref="ForwardTable"/> and those of ops with parameters, with all arguments bound except the memory of the operands.</summary>
/// <remarks>The layouts are those of the operands and the output. Arrays have one element per channel, padded with zeros to whole blocks; their elements may change between calls.</remarks>
internal static class ForwardKernels
{
    /// <summary>An activation.</summary>
    public static ForwardKernel Activate(Activation activation, BlockedLayout x, BlockedLayout y) => (in o, part, parts) =>
        ElementwiseKernel.Activate(o.Input, x, activation, o.Output, y, o.Batch, part, parts);

    /// <summary>A sum, then an activation.</summary>
    public static ForwardKernel Add(Activation activation, BlockedLayout a, BlockedLayout b, BlockedLayout y) => (in o, part, parts) =>
        ElementwiseKernel.Add(o.Input, a, o.Second, b, activation, o.Output, y, o.Batch, part, parts);

    /// <summary>A product, then an activation.</summary>
    public static ForwardKernel Multiply(Activation activation, BlockedLayout a, BlockedLayout b, BlockedLayout y) => (in o, part, parts) =>
        ElementwiseKernel.Multiply(o.Input, a, o.Second, b, activation, o.Output, y, o.Batch, part, parts);

    /// <summary>p·a + q·b, then an activation.</summary>
    public static ForwardKernel WeightedSum(Activation activation, BlockedLayout a, float p, BlockedLayout b, float q, BlockedLayout y) => (in o, part, parts) =>
        ElementwiseKernel.WeightedSum(o.Input, a, p, o.Second, b, q, activation, o.Output, y, o.Batch, part, parts);

    /// <summary>A scale and a shift per channel, then an activation: a norm with constant statistics.</summary>
    public static ForwardKernel ScaleAndShift(Activation activation, float[] scale, float[] shift, BlockedLayout x, BlockedLayout y) => (in o, part, parts) =>
        ElementwiseKernel.ScaleAndShift(o.Input, x, scale, shift, activation, o.Output, y, o.Batch, part, parts);

    /// <summary>A parametric ReLU with a slope per channel.</summary>
    public static ForwardKernel PRelu(float[] slopes, BlockedLayout x, BlockedLayout y) => (in o, part, parts) =>
        ElementwiseKernel.PRelu(o.Input, x, slopes, o.Output, y, o.Batch, part, parts);

    /// <summary>Rounding to 8 bits.</summary>
    public static ForwardKernel Quantize(QuantizationPoint point, BlockedLayout x, BlockedLayout y) => (in o, part, parts) =>
        ElementwiseKernel.Quantize(o.Input, x, point.Scale, point.ZeroPoint, o.Output, y, o.Batch, part, parts);

    /// <summary>One value for each channel, or one for all, as one for each channel.</summary>
    /// <param name="values">The values.</param>
    /// <param name="channels">Number of channels.</param>
    /// <param name="spread">Receives them; at least as long.</param>
    public static void Spread(ReadOnlySpan<float> values, int channels, Span<float> spread)
    {
        if (values.Length == channels)
        {
            values.CopyTo(spread);
        }
        else
        {
            spread[..channels].Fill(values[0]);
        }
    }

    /// <summary>Group norm, then an activation.</summary>
    public static ForwardKernel GroupNorm(Activation activation, int groups, float[] weight, float[] bias, double epsilon, BlockedLayout x, BlockedLayout y) => (in o, part, parts) =>
        GroupNormKernel.Run(o.Input, x, groups, weight, bias, (float)epsilon, activation, o.Output, y, o.Batch, part, parts);

    /// <summary>Layer norm over the channels, then an activation.</summary>
    public static ForwardKernel LayerNorm(Activation activation, float[] weight, float[] bias, double epsilon, BlockedLayout x, BlockedLayout y) => (in o, part, parts) =>
        LayerNormKernel.Run(o.Input, x, weight, bias, (float)epsilon, activation, o.Output, y, o.Batch, part, parts);

    /// <summary>Local response norm.</summary>
    public static ForwardKernel LocalResponseNorm(LocalResponseNormProblem problem, BlockedLayout x, BlockedLayout y) => (in o, part, parts) =>
        LocalResponseNormKernel.Run(problem, o.Input, x, o.Output, y, o.Batch, part, parts);

    /// <summary>Softmax over the channels.</summary>
    public static ForwardKernel Softmax(BlockedLayout x, BlockedLayout y) => (in o, part, parts) =>
        SoftmaxKernel.Run(o.Input, x, o.Output, y, o.Batch, part, parts);

    /// <summary>Softmax across groups of channels.</summary>
    public static ForwardKernel RadixSoftmax(int radix, BlockedLayout x, BlockedLayout y) => (in o, part, parts) =>
        RadixSoftmaxKernel.Run(o.Input, x, radix, o.Output, y, o.Batch, part, parts);

    /// <summary>Max pooling.</summary>
    public static ForwardKernel MaxPool(PoolGeometry geometry, BlockedLayout x, BlockedLayout y) => (in o, part, parts) =>
        PoolKernel.Max(o.Input, x, geometry, o.Output, y, o.Batch, part, parts);

    /// <summary>Average pooling.</summary>
    public static ForwardKernel AveragePool(PoolGeometry geometry, BlockedLayout x, BlockedLayout y) => (in o, part, parts) =>
        PoolKernel.Average(o.Input, x, geometry, o.Output, y, o.Batch, part, parts);

    /// <summary>Adaptive average pooling.</summary>
    public static ForwardKernel AdaptiveAveragePool(BlockedLayout x, BlockedLayout y) => (in o, part, parts) =>
        PoolKernel.AdaptiveAverage(o.Input, x, o.Output, y, o.Batch, part, parts);

    /// <summary>Adaptive max pooling.</summary>
    public static ForwardKernel AdaptiveMaxPool(BlockedLayout x, BlockedLayout y) => (in o, part, parts) =>
        PoolKernel.AdaptiveMax(o.Input, x, o.Output, y, o.Batch, part, parts);

    /// <summary>Blur pooling.</summary>
    public static ForwardKernel BlurPool(BlockedLayout x, BlockedLayout y) => (in o, part, parts) =>
        BlurPoolKernel.Run(o.Input, x, o.Output, y, o.Batch, part, parts);

    /// <summary>Conversion of a feature map to a vector.</summary>
    public static ForwardKernel Flatten(BlockedLayout x, BlockedLayout y) => (in o, part, parts) =>
        LayoutKernel.Flatten(o.Input, x, o.Output, y, o.Batch, part, parts);

    /// <summary>Padding of a feature map with one value per channel.</summary>
    public static ForwardKernel Pad(Padding padding, float[] values, BlockedLayout x, BlockedLayout y) => (in o, part, parts) =>
        BorderKernel.Pad(o.Input, x, o.Output, y, padding, values, o.Batch, part, parts);

    /// <summary>Padding of a feature map with its own pixels.</summary>
    public static ForwardKernel EdgePad(PaddingMode mode, Padding padding, BlockedLayout x, BlockedLayout y) => (in o, part, parts) =>
        EdgePadKernel.Run(o.Input, x, mode, padding, o.Output, y, o.Batch, part, parts);

    /// <summary>A convolution along the channels of one pixel.</summary>
    public static ForwardKernel ChannelConv1d(float[] weights, BlockedLayout x, BlockedLayout y) => (in o, part, parts) =>
        ChannelConvolution.Run(o.Input, x, weights, o.Output, y, false, o.Batch, part, parts);

    /// <summary>Copies the input channels <paramref name="sources"/> to the output channels from <paramref name="first"/> on.</summary>
    public static ForwardKernel Gather(int[] sources, int first, BlockedLayout x, BlockedLayout y) => (in o, part, parts) =>
        ChannelKernel.Gather(o.Input, x, sources, first, o.Output, y, o.Batch, part, parts);

    /// <summary>A fully connected layer.</summary>
    public static ForwardKernel Linear(PackedLinear packed) => (in o, part, parts) =>
        packed.Run(o.Input, o.Output, o.Batch, part, parts);
}
