using Espalier.Graphs;

namespace Espalier.Models;

/// <summary>The composite layers of <c>torchvision.ops</c>, with torchvision's names.</summary>
internal static class TorchvisionLayers
{
    /// <summary>A convolution without bias (<c>0</c>), a norm (<c>1</c>) and an activation (<c>2</c>), padded so that stride 1 keeps the size of maps under odd kernels: <c>Conv2dNormActivation</c>.</summary>
    /// <param name="x">The input.</param>
    /// <param name="name">The layer's scope.</param>
    /// <param name="channels">Output channels.</param>
    /// <param name="kernel">Kernel size, the same in both directions.</param>
    /// <param name="norm">The norm.</param>
    /// <param name="activation">The activation, such as <see cref="ValueOps.Silu"/>; <see langword="null"/> for none.</param>
    /// <param name="stride">Stride.</param>
    /// <param name="groups">Groups of the convolution.</param>
    internal static Value ConvNormActivation(this Value x, string name, int channels, int kernel, Norm norm, Func<Value, string, Value>? activation, int stride = 1, int groups = 1) => x.In(name, x =>
    {
        x = x.Conv2d("0", channels, kernel, stride, padding: kernel / 2, groups: groups).Normalize(norm, "1");
        return activation is null ? x : activation(x, "2");
    });

    /// <summary>Squeeze and excitation (Hu 2018, §3): global average, 1x1 (<c>fc1</c>), activation, 1x1 (<c>fc2</c>), gate, product with the input: <c>SqueezeExcitation</c>.</summary>
    /// <param name="x">The input.</param>
    /// <param name="name">The block's scope.</param>
    /// <param name="squeezed">Channels between the two convolutions.</param>
    /// <param name="activation">The activation between them.</param>
    /// <param name="gate">The function that makes factors of the second one's output, such as <see cref="ValueOps.Sigmoid"/>.</param>
    internal static Value SqueezeExcitation(this Value x, string name, int squeezed, Func<Value, string, Value> activation, Func<Value, string, Value> gate) => x.In(name, x =>
    {
        Value inner = activation(x.GlobalAveragePool("avgpool").Conv2d("fc1", squeezed, 1, bias: true), "activation");
        return x.Multiply("multiply", gate(inner.Conv2d("fc2", x.Channels, 1, bias: true), "scale_activation"));
    });

    /// <summary>The sum of a shortcut and a branch that training drops for each sample with a probability: torchvision's <c>StochasticDepth</c> of mode <c>row</c>; a plain sum where the probability is 0.</summary>
    /// <param name="branch">The residual branch.</param>
    /// <param name="shortcut">The shortcut.</param>
    /// <param name="probability">The probability that the branch is dropped, at least 0 and below 1.</param>
    internal static Value AddAtRandom(this Value branch, Value shortcut, double probability) => probability == 0
        ? branch.Add("add", shortcut)
        : shortcut.StochasticDepth("stochastic_depth", branch, new(1 - probability) { Mode = StochasticDepthMode.Row, Scaling = StochasticDepthScaling.Inverted });
}
