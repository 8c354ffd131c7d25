using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>One extension method per op, so that code reads like the paper's table of layers.</summary>
public static class ValueOps
{
    /// <summary>Appends a convolution; see <see cref="Graphs.Conv2d"/>. The default is without bias, as in networks with batch norm.</summary>
    public static Value Conv2d(this Value x, string name, int channels, Size kernel, Size? stride = null, Padding padding = default, Size? dilation = null, int groups = 1, bool bias = false, double? standardizationEpsilon = null) =>
        x.Then(name, new Conv2d(x.Channels, channels, kernel) { Stride = stride ?? 1, Padding = padding, Dilation = dilation ?? 1, Groups = groups, Bias = bias, StandardizationEpsilon = standardizationEpsilon });

    /// <summary>Appends a convolution along the channels of one pixel; see <see cref="Graphs.ChannelConv1d"/>.</summary>
    public static Value ChannelConv1d(this Value x, string name, int kernel) => x.Then(name, new ChannelConv1d(kernel));

    /// <summary>Appends a batch norm; see <see cref="Graphs.BatchNorm"/>.</summary>
    public static Value BatchNorm(this Value x, string name, double epsilon = 1e-5, double momentum = 0.1, bool affine = true, bool runningStatistics = true) =>
        x.Then(name, new BatchNorm(x.Channels, epsilon, momentum) { Affine = affine, RunningStatistics = runningStatistics });

    /// <summary>Appends a group norm; see <see cref="Graphs.GroupNorm"/>.</summary>
    public static Value GroupNorm(this Value x, string name, int groups, double epsilon = 1e-5) =>
        x.Then(name, new GroupNorm(groups, x.Channels, epsilon));

    /// <summary>Appends a layer norm over the channels; see <see cref="Graphs.LayerNorm"/>.</summary>
    public static Value LayerNorm(this Value x, string name, double epsilon = 1e-5) => x.Then(name, new LayerNorm(x.Channels, epsilon));

    /// <summary>Appends a local response norm; see <see cref="Graphs.LocalResponseNorm"/>.</summary>
    public static Value LocalResponseNorm(this Value x, string name, int size, double alpha = 1e-4, double beta = 0.75, double k = 1) =>
        x.Then(name, new LocalResponseNorm(size, alpha, beta, k));

    /// <summary>Appends a factor and, if <paramref name="bias"/>, a shift for each channel; see <see cref="Graphs.Affine"/>.</summary>
    /// <param name="x">The value.</param>
    /// <param name="name">The node's name within the current scope.</param>
    /// <param name="bias">Whether there is a shift.</param>
    /// <param name="weight">The name of the factors within the current scope, such as <c>layer_scale</c>; by default NAME.weight.</param>
    public static Value Affine(this Value x, string name, bool bias = true, string? weight = null) => x.Builder.Append(name, new Affine(x.Channels, bias), [x], weight: weight);

    /// <summary>Appends a rounding to 8 bits; see <see cref="Graphs.Quantize"/>.</summary>
    public static Value Quantize(this Value x, string name) => x.Then(name, new Quantize());

    /// <summary>Appends a ReLU.</summary>
    public static Value Relu(this Value x, string name) => x.Then(name, new Relu());

    /// <summary>Appends a leaky ReLU.</summary>
    public static Value LeakyRelu(this Value x, string name, double slope = 0.01) => x.Then(name, new LeakyRelu(slope));

    /// <summary>Appends a ReLU6.</summary>
    public static Value Relu6(this Value x, string name) => x.Then(name, new Relu6());

    /// <summary>Appends a SiLU.</summary>
    public static Value Silu(this Value x, string name) => x.Then(name, new Silu());

    /// <summary>Appends a hard-swish.</summary>
    public static Value HardSwish(this Value x, string name) => x.Then(name, new HardSwish());

    /// <summary>Appends a sigmoid.</summary>
    public static Value Sigmoid(this Value x, string name) => x.Then(name, new Sigmoid());

    /// <summary>Appends an exact GELU.</summary>
    public static Value Gelu(this Value x, string name) => x.Then(name, new Gelu());

    /// <summary>Hard sigmoid.</summary>
    public static Value HardSigmoid(this Value x, string name) => x.Then(name, new HardSigmoid());

    /// <summary>Appends a parametric ReLU with a slope for each channel, or one for all.</summary>
    public static Value PRelu(this Value x, string name, bool perChannel = false) => x.Then(name, new PRelu(perChannel ? x.Channels : 1));

    /// <summary>Appends a limitation to a range.</summary>
    public static Value HardTanh(this Value x, string name, double minimum, double maximum) => x.Then(name, new HardTanh(minimum, maximum));

    /// <summary>Appends an ELU.</summary>
    public static Value Elu(this Value x, string name, double alpha = 1) => x.Then(name, new Elu(alpha));

    /// <summary>Appends a SELU.</summary>
    public static Value Selu(this Value x, string name) => x.Then(name, new Selu());

    /// <summary>Appends a hyperbolic tangent.</summary>
    public static Value Tanh(this Value x, string name) => x.Then(name, new Tanh());

    /// <summary>Appends a Mish.</summary>
    public static Value Mish(this Value x, string name) => x.Then(name, new Mish());

    /// <summary>Appends a GELU in its approximation by a hyperbolic tangent.</summary>
    public static Value GeluTanh(this Value x, string name) => x.Then(name, new GeluTanh());

    /// <summary>Appends the sum with another value of the same shape.</summary>
    public static Value Add(this Value x, string name, Value other) => x.Builder.Append(name, new Add(), [x, other]);

    /// <summary>Appends the product with another value; see <see cref="Graphs.Multiply"/>.</summary>
    public static Value Multiply(this Value x, string name, Value other) => x.Builder.Append(name, new Multiply(), [x, other]);

    /// <summary>Appends the concatenation of this value's channels and those of the others.</summary>
    public static Value Concat(this Value x, string name, params ReadOnlySpan<Value> others) => x.Builder.Append(name, new Concat(), [x, .. others]);

    /// <summary>Appends a selection of consecutive channels; see <see cref="Graphs.ChannelSlice"/>.</summary>
    public static Value ChannelSlice(this Value x, string name, int start, int count) => x.Then(name, new ChannelSlice(start, count));

    /// <summary>Appends a channel shuffle; see <see cref="Graphs.ChannelShuffle"/>.</summary>
    public static Value ChannelShuffle(this Value x, string name, int groups) => x.Then(name, new ChannelShuffle(groups));

    /// <summary>Appends zero channels on both sides; see <see cref="Graphs.PadChannels"/>.</summary>
    public static Value PadChannels(this Value x, string name, int before, int after) => x.Then(name, new PadChannels(before, after));

    /// <summary>Appends padding around the feature map; see <see cref="Graphs.Pad"/>.</summary>
    public static Value Pad(this Value x, string name, Padding padding, PaddingMode mode = PaddingMode.Constant) => x.Then(name, new Pad(x.Channels, padding) { Mode = mode });

    /// <summary>Appends a max pool; the stride defaults to the kernel size.</summary>
    public static Value MaxPool(this Value x, string name, Size kernel, Size? stride = null, Padding padding = default, Size? dilation = null, bool ceilMode = false) =>
        x.Then(name, new MaxPool(kernel) { Stride = stride ?? kernel, Padding = padding, Dilation = dilation ?? 1, CeilMode = ceilMode });

    /// <summary>Appends an average pool; the stride defaults to the kernel size.</summary>
    public static Value AveragePool(this Value x, string name, Size kernel, Size? stride = null, Padding padding = default, bool ceilMode = false, bool countIncludePad = true) =>
        x.Then(name, new AveragePool(kernel) { Stride = stride ?? kernel, Padding = padding, CeilMode = ceilMode, CountIncludePad = countIncludePad });

    /// <summary>Appends an adaptive average pool.</summary>
    public static Value AdaptiveAveragePool(this Value x, string name, Size output) => x.Then(name, new AdaptiveAveragePool(output));

    /// <summary>Appends a global average pool: the mean of each channel over all pixels.</summary>
    public static Value GlobalAveragePool(this Value x, string name) => x.AdaptiveAveragePool(name, 1);

    /// <summary>Appends an adaptive max pool.</summary>
    public static Value AdaptiveMaxPool(this Value x, string name, Size output) => x.Then(name, new AdaptiveMaxPool(output));

    /// <summary>Appends a global max pool: the maximum of each channel over all pixels.</summary>
    public static Value GlobalMaxPool(this Value x, string name) => x.AdaptiveMaxPool(name, 1);

    /// <summary>Appends a blur pool; see <see cref="Graphs.BlurPool"/>.</summary>
    public static Value BlurPool(this Value x, string name) => x.Then(name, new BlurPool());

    /// <summary>Appends a flatten: the feature map as a vector.</summary>
    public static Value Flatten(this Value x, string name) => x.Then(name, new Flatten());

    /// <summary>Appends a fully connected layer.</summary>
    public static Value Linear(this Value x, string name, int features, bool bias = true) => x.Then(name, new Linear(x.Channels, features, bias));

    /// <summary>Appends a dropout.</summary>
    public static Value Dropout(this Value x, string name, double probability = 0.5) => x.Then(name, new Dropout(probability));

    /// <summary>Appends a softmax.</summary>
    public static Value Softmax(this Value x, string name) => x.Then(name, new Softmax());

    /// <summary>Appends a softmax across groups of channels; see <see cref="Graphs.RadixSoftmax"/>.</summary>
    public static Value RadixSoftmax(this Value x, string name, int radix) => x.Then(name, new RadixSoftmax(radix));

    /// <summary>Appends the sum of this shortcut and a branch that training drops at random; see <see cref="Graphs.StochasticDepth"/>.</summary>
    public static Value StochasticDepth(this Value shortcut, string name, Value branch, StochasticDepth op) => shortcut.Builder.Append(name, op, [shortcut, branch]);
}
