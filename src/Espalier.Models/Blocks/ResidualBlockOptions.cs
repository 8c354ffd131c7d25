namespace Espalier.Models;

/// <summary>Options of one residual block.</summary>
/// <param name="Width">Channels of its 3x3 convolutions before <see cref="Groups"/> and <see cref="WidthPerGroup"/> are applied; a bottleneck has four times as many output channels.</param>
public readonly record struct ResidualBlockOptions(int Width)
{
    /// <summary>Output channels of a bottleneck divided by its width (He 2015, §4.1).</summary>
    public const int Expansion = 4;

    /// <summary>The <see cref="WidthPerGroup"/> at which a bottleneck's inner width is <see cref="Width"/>: torchvision's convention.</summary>
    public const int UsualWidthPerGroup = 64;

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

    /// <summary>The kind of the block's shortcut.</summary>
    public Shortcut Shortcut { get; init; }

    /// <summary>The norm after (or, with pre-activation, before) each convolution.</summary>
    public Norm Norm { get; init; } = Norms.Batch;

    /// <summary>Whether a pre-activation block begins with norm and ReLU. The first one after a stem with activation does not (He 2016, appendix).</summary>
    public bool ActivatesInput { get; init; } = true;

    /// <summary>Channels of a bottleneck's 3x3 convolution.</summary>
    public int InnerWidth => (int)(Width * (WidthPerGroup / (double)UsualWidthPerGroup)) * Groups;
}
