using Espalier.Graphs;

namespace Espalier.Models;

/// <summary>Options of one residual block.</summary>
/// <param name="Width">Channels of its 3x3 convolutions before <see cref="Groups"/> and <see cref="WidthPerGroup"/> are applied; a bottleneck has four times as many output channels.</param>
public readonly record struct ResidualBlockOptions(int Width)
{
    /// <summary>Output channels of a bottleneck divided by its width (He 2015, §4.1).</summary>
    public const int Expansion = 4;

    /// <summary>The <see cref="WidthPerGroup"/> at which a bottleneck's inner width is <see cref="Width"/>: torchvision's convention.</summary>
    public const int UsualWidthPerGroup = 64;

    /// <summary>The channels inside an attention divided by those that it weighs (Hu 2018, §6.4).</summary>
    public const double UsualAttentionRatio = 1 / 16.0;

    /// <summary>The divisor of the channels inside an attention in timm.</summary>
    public const int UsualAttentionDivisor = 8;

    /// <summary>Stride of the block.</summary>
    public int Stride { get; init; } = 1;

    /// <summary>The convolution that has a bottleneck's stride.</summary>
    public StridePlacement StrideIn { get; init; }

    /// <summary>Dilation of a bottleneck's 3x3 convolution.</summary>
    public int Dilation { get; init; } = 1;

    /// <summary>Groups of a bottleneck's 3x3 convolution: the cardinality in ResNeXt (Xie 2017).</summary>
    public int Groups { get; init; } = 1;

    /// <summary>Scales the inner width of a bottleneck: 4 in ResNeXt-50 32x4d, 128 in Wide ResNet-50-2, 64 otherwise.</summary>
    public int WidthPerGroup { get; init; } = UsualWidthPerGroup;

    /// <summary>The inner width of a bottleneck divided by the channels of its first convolution; 2 in SENet-154.</summary>
    public int FirstReduction { get; init; } = 1;

    /// <summary>The kind of the block's shortcut.</summary>
    public Shortcut Shortcut { get; init; }

    /// <summary>What the block has in the place of its first 3x3 convolution.</summary>
    public SpatialConvolution Spatial { get; init; }

    /// <summary>The parts that <see cref="Spatial"/> divides its channels into, or the number of convolutions in parallel.</summary>
    public int Splits { get; init; } = 1;

    /// <summary>How the block halves the size.</summary>
    public Pooling Pooling { get; init; }

    /// <summary>The attention at the end of the branch.</summary>
    public ChannelAttention Attention { get; init; }

    /// <summary>The channels inside an attention divided by those that it weighs.</summary>
    public double AttentionRatio { get; init; } = UsualAttentionRatio;

    /// <summary>The number that the channels inside an attention are a multiple of.</summary>
    public int AttentionDivisor { get; init; } = UsualAttentionDivisor;

    /// <summary>The norm after (or, with pre-activation, before) each convolution.</summary>
    public Norm Norm { get; init; } = Norms.Batch;

    /// <summary>Whether the weights of each convolution are standardized before use (Qiao 2019, "Weight standardization").</summary>
    public bool StandardizedWeights { get; init; }

    /// <summary>Whether a pre-activation block begins with norm and ReLU. The first one after a stem with activation does not (He 2016, appendix).</summary>
    public bool ActivatesInput { get; init; } = true;

    /// <summary>Channels of a bottleneck's 3x3 convolution.</summary>
    public int InnerWidth => (int)(Width * (WidthPerGroup / (double)UsualWidthPerGroup)) * Groups;

    /// <summary>Whether dilation stands in for the block's stride.</summary>
    internal bool DilatesInstead { get; init; }

    /// <summary>Whether the block's shortcut is not the identity, where a part of its branch depends on that.</summary>
    internal bool ChangesShape { get; init; }

    /// <summary>Whether the branch of a basic block ends with a ReLU before its attention, as timm's <c>legacy_seresnet18</c> was trained.</summary>
    internal bool ActivatesBranch { get; init; }

    /// <summary>The names of the block's layers.</summary>
    internal ResNetNames Names { get; init; } = ResNetNames.Torchvision;

    /// <summary>The channels inside an attention that weighs <paramref name="channels"/>: the nearest multiple of <see cref="AttentionDivisor"/>, at least <paramref name="least"/>.</summary>
    internal int AttentionChannels(long channels, int least) =>
        Math.Max(least, checked((int)((channels * AttentionRatio) + (AttentionDivisor / 2.0)) / AttentionDivisor * AttentionDivisor));

    /// <summary>Throws unless the options that blocks of any kind have are valid.</summary>
    internal void Check(string block)
    {
        bool isWhole = Splits >= 1 && FirstReduction >= 1 && AttentionDivisor >= 1 && AttentionRatio is > 0 and <= 1;
        if (!isWhole)
        {
            GraphException.Throw(block, $"expected at least 1 split, a reduction and a divisor of at least 1 and an attention ratio above 0 and at most 1, found {Splits}, {FirstReduction}, {AttentionDivisor} and {AttentionRatio:R}");
        }

        if (DilatesInstead && Pooling is not (Pooling.Strided or Pooling.Average))
        {
            GraphException.Throw(block, "dilation stands in for the stride, so that there is nothing to pool: expected strided or average pooling");
        }
    }
}
