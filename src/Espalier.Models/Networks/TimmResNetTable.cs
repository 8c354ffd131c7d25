using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>The residual networks that timm (Wightman, "PyTorch image models") names, as options. A letter after the depth chooses stem and shortcuts.</summary>
internal static class TimmResNetTable
{
    private const int WideStem = 128;
    private const double ResNetRsRatio = 0.25; // Bello 2021, §5

    internal static ResNetOptions ResNet10 { get; } = Stages(ResNetTable.ResNet18, 1, 1, 1, 1);

    internal static ResNetOptions ResNet14 { get; } = Stages(ResNetTable.ResNet50, 1, 1, 1, 1);

    internal static ResNetOptions ResNet26 { get; } = Stages(ResNetTable.ResNet50, 2, 2, 2, 2);

    internal static ResNetOptions ResNet200 { get; } = Stages(ResNetTable.ResNet50, 3, 24, 36, 3);

    internal static ResNetOptions ResNet269 { get; } = Stages(ResNetTable.ResNet50, 3, 30, 48, 8);

    /// <summary>A network with other numbers of blocks.</summary>
    internal static ResNetOptions Stages(ResNetOptions network, params ReadOnlySpan<int> blocks) => network with { Blocks = ValueList.Create(blocks) };

    /// <summary>A network with groups, as in <c>32x4d</c>.</summary>
    internal static ResNetOptions Grouped(this ResNetOptions network, int groups, int width) => network with { Groups = groups, WidthPerGroup = width };

    /// <summary>The network under its name in timm, and initialized as there: each block is initially the identity.</summary>
    internal static ResNetOptions As(this ResNetOptions network, string name) => network with { Architecture = name, ZeroInitResidual = true };

    /// <summary>c: a deep stem.</summary>
    internal static ResNetOptions C(this ResNetOptions network) => network with { Stem = ResNetStem.Deep };

    /// <summary>s: a deep stem of twice the width.</summary>
    internal static ResNetOptions S(this ResNetOptions network) => network.C() with { StemChannels = WideStem };

    /// <summary>d: a deep stem and average-pool shortcuts.</summary>
    internal static ResNetOptions D(this ResNetOptions network) => network.C() with { Shortcut = Shortcut.AveragePool };

    /// <summary>e: the same with twice the width of the stem.</summary>
    internal static ResNetOptions E(this ResNetOptions network) => network.D() with { StemChannels = WideStem };

    /// <summary>t: a tiered deep stem and average-pool shortcuts.</summary>
    internal static ResNetOptions T(this ResNetOptions network) => network.D() with { Stem = ResNetStem.DeepTiered };

    internal static ResNetOptions Se(this ResNetOptions network) => network with { Attention = ChannelAttention.SqueezeExcitation };

    internal static ResNetOptions Eca(this ResNetOptions network) => network with { Attention = ChannelAttention.Efficient };

    internal static ResNetOptions Averaged(this ResNetOptions network) => network with { Pooling = Pooling.Average };

    internal static ResNetOptions Blurred(this ResNetOptions network) => network with { Pooling = Pooling.Blur };

    /// <summary>ResNet-RS (Bello 2021, "Revisiting ResNets").</summary>
    internal static ResNetOptions Rs(params ReadOnlySpan<int> blocks) => Stages(ResNetTable.ResNet50, blocks).D().Se() with { StemPool = ResNetStemPool.Convolution, AttentionRatio = ResNetRsRatio };

    /// <summary>SENet-154 (Hu 2018).</summary>
    internal static ResNetOptions SeNet154 { get; } = ResNetTable.ResNet152.Grouped(64, 4).S().Se() with { Shortcut = Shortcut.WideProjection, FirstReduction = 2 };

    /// <summary>A squeeze-and-excitation network as converted from Caffe: another pool, a dropout and other names; the stride of bottlenecks without groups is in the first convolution.</summary>
    internal static ResNetOptions Caffe(this ResNetOptions network, string name) => network.Se() with
    {
        Architecture = name,
        StemPool = ResNetStemPool.MaxCeiling,
        StrideIn = network.Groups == 1 && network.Block == ResidualBlock.Bottleneck ? StridePlacement.In1x1 : StridePlacement.In3x3,
        AttentionDivisor = 1,
        Dropout = 0.2,
        ActivatesBranch = true,
        Names = ResNetNames.Caffe,
        Classifier = "last_linear",
    };

    /// <summary>Selective kernels (Li 2019). The convolutions read halves of the channels with <paramref name="splits"/> of 2.</summary>
    internal static ResNetOptions SelectiveKernels(this ResNetOptions network, int splits, double ratio = ResidualBlockOptions.UsualAttentionRatio, int divisor = ResidualBlockOptions.UsualAttentionDivisor) => network with
    {
        Spatial = SpatialConvolution.SelectiveKernel,
        Splits = splits,
        AttentionRatio = ratio,
        AttentionDivisor = divisor,
        Names = ResNetNames.SelectiveKernels,
    };

    /// <summary>Res2Net (Gao 2019), as in <c>26w_4s</c>.</summary>
    internal static ResNetOptions MultiScale(this ResNetOptions network, int width, int scales) => network with { Spatial = SpatialConvolution.MultiScale, WidthPerGroup = width, Splits = scales };

    /// <summary>ResNeSt (Zhang 2020), with the average pool after the convolutions.</summary>
    internal static ResNetOptions Split(this ResNetOptions network, int splits = 2) => network with
    {
        Spatial = SpatialConvolution.SplitAttention,
        Splits = splits,
        AttentionRatio = 0.25,
        Pooling = Pooling.AverageAfter,
    };

    /// <summary>The pre-activation networks (He 2016), whose first block begins with a norm, since the stem has none.</summary>
    internal static ResNetOptions Version2(this ResNetOptions network, string name) => network with
    {
        Architecture = name,
        PreActivation = true,
        StemActivation = false,
        Names = ResNetNames.Version2,
        Classifier = "head.fc",
    };

    /// <summary>Big Transfer (Kolesnikov 2019): group norm and standardized weights, at a multiple of the width.</summary>
    internal static ResNetOptions BigTransfer(this ResNetOptions network, int factor, string name) => network.Version2(name) with
    {
        Width = network.Width * factor,
        Norm = Norms.Group(),
        StandardizedWeights = true,
        StemPool = ResNetStemPool.MaxOfZeroPadded,
    };
}
