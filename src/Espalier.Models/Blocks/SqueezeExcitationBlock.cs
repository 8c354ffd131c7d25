using Espalier.Graphs;

namespace Espalier.Models;

/// <summary>Channel attention by squeeze and excitation.</summary>
public static class SqueezeExcitationBlock
{
    /// <summary>Squeeze and excitation (Hu 2018, "Squeeze-and-excitation networks", §3): global average, 1x1, ReLU, 1x1, sigmoid, product with the input.</summary>
    /// <param name="x">The input.</param>
    /// <param name="name">The block's scope.</param>
    /// <param name="reduction">Input channels divided by the channels between the two convolutions; 16 in the paper.</param>
    public static Value SqueezeExcitation(this Value x, string name, int reduction = 16) => x.In(name, x =>
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(reduction, 1);
        return x.SqueezeExcitation("reduce", "expand", Math.Max(1, x.Channels / reduction));
    });

    /// <summary>The same in the current scope, with names for its convolutions and the channels between them.</summary>
    internal static Value SqueezeExcitation(this Value x, string reduce, string expand, int channels)
    {
        Value weights = x.GlobalAveragePool("pool")
            .Conv2d(reduce, channels, 1, bias: true).Relu("relu")
            .Conv2d(expand, x.Channels, 1, bias: true).Sigmoid("sigmoid");
        return x.Multiply("multiply", weights);
    }
}
