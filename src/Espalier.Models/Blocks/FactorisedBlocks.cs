using Espalier.Graphs;

namespace Espalier.Models;

/// <summary>Convolutions taken apart into cheaper ones that see as much, each followed by norm and ReLU.</summary>
public static class FactorisedBlocks
{
    /// <summary>
    /// 3x3 convolutions one after another: two see 5x5 pixels with 18/25 of the weights of a 5x5, three see 7x7 with 27/49 of a 7x7's
    /// (Simonyan 2014, §2.3).
    /// </summary>
    /// <param name="x">The input.</param>
    /// <param name="channels">Channels of each.</param>
    /// <param name="count">How many.</param>
    /// <param name="norm">The norm after each; batch norm unless given.</param>
    public static Value Stack3x3(this Value x, int channels, int count, Norm? norm = null)
    {
        for (int i = 1; i <= count; i++)
        {
            x = x.Conv3x3($"conv{i}", channels).Normalise(norm ?? Norms.Batch, $"bn{i}").Relu($"relu{i}");
        }

        return x;
    }

    /// <summary>A 1xN and an Nx1 convolution, which see NxN pixels with 2/N of the weights (Szegedy 2015, "Rethinking the Inception architecture", §3.2).</summary>
    /// <param name="x">The input.</param>
    /// <param name="channels">Channels of each.</param>
    /// <param name="length">N; odd, so that the size stays.</param>
    /// <param name="norm">The norm after each; batch norm unless given.</param>
    public static Value Factorised(this Value x, int channels, int length, Norm? norm = null)
    {
        norm ??= Norms.Batch;
        int half = length / 2;
        return x
            .Conv2d("conv1", channels, (1, length), padding: (0, half)).Normalise(norm, "bn1").Relu("relu1")
            .Conv2d("conv2", channels, (length, 1), padding: (half, 0)).Normalise(norm, "bn2").Relu("relu2");
    }

    /// <summary>A 3x3 convolution in groups, which has 1/groups of the weights (Krizhevsky 2012; Xie 2017).</summary>
    public static Value Grouped3x3(this Value x, int channels, int groups, int stride = 1, Norm? norm = null) => x
        .Conv3x3("conv", channels, stride, groups: groups).Normalise(norm ?? Norms.Batch, "bn").Relu("relu");
}
