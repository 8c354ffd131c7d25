using Espalier.Graphs;

namespace Espalier.Models;

/// <summary>Cheaper replacements for large convolutions with the same receptive field, each followed by norm and ReLU.</summary>
internal static class FactorizedBlocks
{
    /// <summary>
    /// A stack of 3x3 convolutions: two have a receptive field of 5x5 with 18/25 of a 5x5's weights, three of 7x7 with 27/49 of a 7x7's
    /// (Simonyan 2014, §2.3).
    /// </summary>
    /// <param name="x">The input.</param>
    /// <param name="channels">Output channels of each convolution.</param>
    /// <param name="count">Number of convolutions.</param>
    /// <param name="norm">The norm after each convolution; batch norm by default.</param>
    public static Value Stack3x3(this Value x, int channels, int count, Norm? norm = null)
    {
        for (int i = 1; i <= count; i++)
        {
            x = x.Conv3x3($"conv{i}", channels).Normalize(norm ?? Norms.Batch, $"bn{i}").Relu($"relu{i}");
        }

        return x;
    }

    /// <summary>A 1xN and an Nx1 convolution, which have a receptive field of NxN with 2/N of the weights (Szegedy 2015, "Rethinking the Inception architecture", §3.2).</summary>
    /// <param name="x">The input.</param>
    /// <param name="channels">Output channels of each convolution.</param>
    /// <param name="length">N; odd, so that the size is kept.</param>
    /// <param name="norm">The norm after each convolution; batch norm by default.</param>
    public static Value Factorized(this Value x, int channels, int length, Norm? norm = null)
    {
        norm ??= Norms.Batch;
        int half = length / 2;
        return x
            .Conv2d("conv1", channels, (1, length), padding: (0, half)).Normalize(norm, "bn1").Relu("relu1")
            .Conv2d("conv2", channels, (length, 1), padding: (half, 0)).Normalize(norm, "bn2").Relu("relu2");
    }

    /// <summary>A grouped 3x3 convolution, which has 1/groups of the weights (Krizhevsky 2012; Xie 2017).</summary>
    public static Value Grouped3x3(this Value x, int channels, int groups, int stride = 1, Norm? norm = null) => x
        .Conv3x3("conv", channels, stride, groups: groups).Normalize(norm ?? Norms.Batch, "bn").Relu("relu");
}
