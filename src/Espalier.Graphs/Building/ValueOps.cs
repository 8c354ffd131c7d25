using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>One method for each op, so that a network reads like the table in its paper.</summary>
public static class ValueOps
{
    /// <summary>A convolution; see <see cref="Graphs.Conv2d"/>. PyTorch's networks with batch norm have no bias here.</summary>
    public static Value Conv2d(this Value x, string name, int channels, Size kernel, Size? stride = null, Padding padding = default, Size? dilation = null, int groups = 1, bool bias = false) =>
        x.Then(name, new Conv2d(x.Channels, channels, kernel) { Stride = stride ?? 1, Padding = padding, Dilation = dilation ?? 1, Groups = groups, Bias = bias });

    /// <summary>Batch norm; see <see cref="Graphs.BatchNorm"/>.</summary>
    public static Value BatchNorm(this Value x, string name, double epsilon = 1e-5, double momentum = 0.1) =>
        x.Then(name, new BatchNorm(x.Channels, epsilon, momentum));

    /// <summary>Group norm; see <see cref="Graphs.GroupNorm"/>.</summary>
    public static Value GroupNorm(this Value x, string name, int groups, double epsilon = 1e-5) =>
        x.Then(name, new GroupNorm(groups, x.Channels, epsilon));

    /// <summary>ReLU.</summary>
    public static Value Relu(this Value x, string name) => x.Then(name, new Relu());

    /// <summary>Leaky ReLU.</summary>
    public static Value LeakyRelu(this Value x, string name, double slope = 0.01) => x.Then(name, new LeakyRelu(slope));

    /// <summary>ReLU6.</summary>
    public static Value Relu6(this Value x, string name) => x.Then(name, new Relu6());

    /// <summary>SiLU.</summary>
    public static Value Silu(this Value x, string name) => x.Then(name, new Silu());

    /// <summary>Hard-swish.</summary>
    public static Value HardSwish(this Value x, string name) => x.Then(name, new HardSwish());

    /// <summary>Sigmoid.</summary>
    public static Value Sigmoid(this Value x, string name) => x.Then(name, new Sigmoid());

    /// <summary>GELU.</summary>
    public static Value Gelu(this Value x, string name) => x.Then(name, new Gelu());

    /// <summary>Hard sigmoid.</summary>
    public static Value HardSigmoid(this Value x, string name) => x.Then(name, new HardSigmoid());

    /// <summary>The sum with another value of the same shape.</summary>
    public static Value Add(this Value x, string name, Value other) => x.Builder.Append(name, new Add(), [x, other]);

    /// <summary>The product with another value; see <see cref="Graphs.Multiply"/>.</summary>
    public static Value Multiply(this Value x, string name, Value other) => x.Builder.Append(name, new Multiply(), [x, other]);

    /// <summary>This value's channels, then those of the others.</summary>
    public static Value Concat(this Value x, string name, params ReadOnlySpan<Value> others) => x.Builder.Append(name, new Concat(), [x, .. others]);

    /// <summary>Some channels; see <see cref="Graphs.ChannelSlice"/>.</summary>
    public static Value ChannelSlice(this Value x, string name, int start, int count) => x.Then(name, new ChannelSlice(start, count));

    /// <summary>Channel shuffle; see <see cref="Graphs.ChannelShuffle"/>.</summary>
    public static Value ChannelShuffle(this Value x, string name, int groups) => x.Then(name, new ChannelShuffle(groups));

    /// <summary>Zero channels on both sides; see <see cref="Graphs.PadChannels"/>.</summary>
    public static Value PadChannels(this Value x, string name, int before, int after) => x.Then(name, new PadChannels(before, after));

    /// <summary>Pixels around the map; see <see cref="Graphs.Pad"/>.</summary>
    public static Value Pad(this Value x, string name, Padding padding) => x.Then(name, new Pad(x.Channels, padding));

    /// <summary>Max pooling; the stride is the window's unless given.</summary>
    public static Value MaxPool(this Value x, string name, Size kernel, Size? stride = null, Padding padding = default, Size? dilation = null, bool ceilMode = false) =>
        x.Then(name, new MaxPool(kernel) { Stride = stride ?? kernel, Padding = padding, Dilation = dilation ?? 1, CeilMode = ceilMode });

    /// <summary>Average pooling; the stride is the window's unless given.</summary>
    public static Value AveragePool(this Value x, string name, Size kernel, Size? stride = null, Padding padding = default, bool ceilMode = false, bool countIncludePad = true) =>
        x.Then(name, new AveragePool(kernel) { Stride = stride ?? kernel, Padding = padding, CeilMode = ceilMode, CountIncludePad = countIncludePad });

    /// <summary>Adaptive average pooling.</summary>
    public static Value AdaptiveAveragePool(this Value x, string name, Size output) => x.Then(name, new AdaptiveAveragePool(output));

    /// <summary>The mean of each channel over all pixels.</summary>
    public static Value GlobalAveragePool(this Value x, string name) => x.AdaptiveAveragePool(name, 1);

    /// <summary>A map as a vector.</summary>
    public static Value Flatten(this Value x, string name) => x.Then(name, new Flatten());

    /// <summary>A fully connected layer.</summary>
    public static Value Linear(this Value x, string name, int features, bool bias = true) => x.Then(name, new Linear(x.Channels, features, bias));

    /// <summary>Dropout.</summary>
    public static Value Dropout(this Value x, string name, double probability = 0.5) => x.Then(name, new Dropout(probability));

    /// <summary>Softmax.</summary>
    public static Value Softmax(this Value x, string name) => x.Then(name, new Softmax());

    /// <summary>Joins this shortcut with a branch that training drops at random; see <see cref="Graphs.StochasticDepth"/>.</summary>
    public static Value StochasticDepth(this Value shortcut, string name, Value branch, StochasticDepth op) => shortcut.Builder.Append(name, op, [shortcut, branch]);
}
