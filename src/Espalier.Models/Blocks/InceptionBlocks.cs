using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>The blocks of GoogLeNet and Inception v3, with torchvision's names.</summary>
internal static class InceptionBlocks
{
    /// <summary>A convolution without bias (<c>conv</c>), a batch norm with an epsilon of 0.001 (<c>bn</c>) and a ReLU: torchvision's <c>BasicConv2d</c>.</summary>
    /// <param name="x">The input.</param>
    /// <param name="name">The block's scope.</param>
    /// <param name="channels">Output channels.</param>
    /// <param name="kernel">Kernel size.</param>
    /// <param name="stride">Stride.</param>
    /// <param name="padding">Padding.</param>
    internal static Value BasicConv(this Value x, string name, int channels, Size kernel, int stride = 1, Padding padding = default)
    {
        const double Epsilon = 0.001;
        return x.In(name, x => x.Conv2d("conv", channels, kernel, stride, padding).BatchNorm("bn", Epsilon).Relu("relu"));
    }

    /// <summary>A <see cref="BasicConv"/> that keeps the size of the map.</summary>
    internal static Value SameConv(this Value x, string name, int channels, Size kernel) => x.BasicConv(name, channels, kernel, padding: (kernel.Height / 2, kernel.Width / 2));

    /// <summary>
    /// The inception module of GoogLeNet (Szegedy 2015, "Going deeper with convolutions", figure 2b): 1x1; 1x1 and 3x3; 1x1 and, where the paper has 5x5, 3x3
    /// (torchvision's weights have it, https://github.com/pytorch/vision/issues/906); max pool and 1x1.
    /// </summary>
    internal static Value Inception(this Value x, GoogLeNetModule channels)
    {
        Value first = x.BasicConv("branch1", channels.Single, 1);
        Value second = x.In("branch2", x => x.BasicConv("0", channels.Reduced3x3, 1).SameConv("1", channels.Width3x3, 3));
        Value third = x.In("branch3", x => x.BasicConv("0", channels.Reduced5x5, 1).SameConv("1", channels.Width5x5, 3));
        Value fourth = x.In("branch4", x => x.MaxPool("0", 3, stride: 1, padding: 1).BasicConv("1", channels.Pooled, 1));
        return first.Concat("concat", second, third, fourth);
    }

    /// <summary>Inception v3's module of figure 5 (Szegedy 2016): 1x1; 5x5; two 3x3; average pool.</summary>
    internal static Value InceptionA(this Value x, int pooled)
    {
        Value wide = x.BasicConv("branch5x5_1", 48, 1).SameConv("branch5x5_2", 64, 5);
        Value twice = x.BasicConv("branch3x3dbl_1", 64, 1).SameConv("branch3x3dbl_2", 96, 3).SameConv("branch3x3dbl_3", 96, 3);
        return x.BasicConv("branch1x1", 64, 1).Concat("concat", wide, twice, x.Pooled(pooled));
    }

    /// <summary>Inception v3's module of figure 10 that halves 35x35: 3x3; two 3x3; max pool, each with stride 2.</summary>
    internal static Value InceptionB(this Value x)
    {
        Value twice = x.BasicConv("branch3x3dbl_1", 64, 1).SameConv("branch3x3dbl_2", 96, 3).BasicConv("branch3x3dbl_3", 96, 3, stride: 2);
        return x.BasicConv("branch3x3", 384, 3, stride: 2).Concat("concat", twice, x.MaxPool("branch_pool", 3, stride: 2));
    }

    /// <summary>Inception v3's module of figure 6: 1x1; 1x7 and 7x1; the same twice; average pool.</summary>
    /// <param name="x">The input.</param>
    /// <param name="channels">Channels between the factorized convolutions.</param>
    internal static Value InceptionC(this Value x, int channels)
    {
        Value once = x.BasicConv("branch7x7_1", channels, 1).SameConv("branch7x7_2", channels, (1, 7)).SameConv("branch7x7_3", 192, (7, 1));
        Value twice = x.BasicConv("branch7x7dbl_1", channels, 1)
            .SameConv("branch7x7dbl_2", channels, (7, 1)).SameConv("branch7x7dbl_3", channels, (1, 7))
            .SameConv("branch7x7dbl_4", channels, (7, 1)).SameConv("branch7x7dbl_5", 192, (1, 7));
        return x.BasicConv("branch1x1", 192, 1).Concat("concat", once, twice, x.Pooled(192));
    }

    /// <summary>Inception v3's module that halves 17x17: 3x3; 1x7, 7x1 and 3x3; max pool, each with stride 2.</summary>
    internal static Value InceptionD(this Value x)
    {
        Value small = x.BasicConv("branch3x3_1", 192, 1).BasicConv("branch3x3_2", 320, 3, stride: 2);
        Value large = x.BasicConv("branch7x7x3_1", 192, 1).SameConv("branch7x7x3_2", 192, (1, 7)).SameConv("branch7x7x3_3", 192, (7, 1)).BasicConv("branch7x7x3_4", 192, 3, stride: 2);
        return small.Concat("concat", large, x.MaxPool("branch_pool", 3, stride: 2));
    }

    /// <summary>Inception v3's module of figure 7, whose 3x3 convolutions are a 1x3 beside a 3x1.</summary>
    internal static Value InceptionE(this Value x)
    {
        Value once = x.BasicConv("branch3x3_1", 384, 1);
        once = once.SameConv("branch3x3_2a", 384, (1, 3)).Concat("branch3x3_concat", once.SameConv("branch3x3_2b", 384, (3, 1)));
        Value twice = x.BasicConv("branch3x3dbl_1", 448, 1).SameConv("branch3x3dbl_2", 384, 3);
        twice = twice.SameConv("branch3x3dbl_3a", 384, (1, 3)).Concat("branch3x3dbl_concat", twice.SameConv("branch3x3dbl_3b", 384, (3, 1)));
        return x.BasicConv("branch1x1", 320, 1).Concat("concat", once, twice, x.Pooled(192));
    }

    private static Value Pooled(this Value x, int channels) => x.AveragePool("pool", 3, stride: 1, padding: 1).BasicConv("branch_pool", channels, 1);
}

/// <summary>Output channels of the convolutions of one inception module: the columns of table 1.</summary>
internal readonly record struct GoogLeNetModule(int Single, int Reduced3x3, int Width3x3, int Reduced5x5, int Width5x5, int Pooled);
