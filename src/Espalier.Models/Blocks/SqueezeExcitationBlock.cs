using Espalier.Graphs;

namespace Espalier.Models;

/// <summary>Channels that weigh themselves.</summary>
public static class SqueezeExcitationBlock
{
    /// <summary>Squeeze and excitation (Hu 2018, "Squeeze-and-excitation networks", §3): mean, 1x1 down, ReLU, 1x1 up, sigmoid, product.</summary>
    /// <param name="x">The input.</param>
    /// <param name="name">The block's scope.</param>
    /// <param name="reduction">How many times fewer channels lie between the two convolutions; the paper's 16.</param>
    public static Value SqueezeExcitation(this Value x, string name, int reduction = 16) => x.In(name, x =>
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(reduction, 1);
        Value weights = x.GlobalAveragePool("pool")
            .Conv2d("reduce", Math.Max(1, x.Channels / reduction), 1, bias: true).Relu("relu")
            .Conv2d("expand", x.Channels, 1, bias: true).Sigmoid("sigmoid");
        return x.Multiply("multiply", weights);
    });
}
