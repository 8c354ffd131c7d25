namespace Espalier.Models;

/// <summary>One residual block.</summary>
/// <param name="Width">Channels of its 3x3 convolutions before <see cref="Groups"/> and <see cref="WidthPerGroup"/>; a bottleneck yields four times as many.</param>
public readonly record struct ResidualBlockOptions(int Width)
{
    /// <summary>How many times more channels a bottleneck yields than its width (He 2015, §4.1).</summary>
    public const int Expansion = 4;

    /// <summary>The <see cref="WidthPerGroup"/> at which <see cref="Width"/> is meant literally: torchvision's convention.</summary>
    public const int UsualWidthPerGroup = 64;

    /// <summary>Input pixels from one output pixel to the next.</summary>
    public int Stride { get; init; } = 1;

    /// <summary>Where a bottleneck has its stride.</summary>
    public StridePlacement StrideIn { get; init; }

    /// <summary>Dilation of a bottleneck's 3x3 convolution.</summary>
    public int Dilation { get; init; } = 1;

    /// <summary>Groups of a bottleneck's 3x3 convolution: the cardinality of ResNeXt (Xie 2017).</summary>
    public int Groups { get; init; } = 1;

    /// <summary>Scales the inner width of a bottleneck: 4 in ResNeXt-50 32x4d, 128 in Wide-ResNet-50-2, 64 usually.</summary>
    public int WidthPerGroup { get; init; } = UsualWidthPerGroup;

    /// <summary>The way past the branch.</summary>
    public Shortcut Shortcut { get; init; }

    /// <summary>The norm after (or, with pre-activation, before) each convolution.</summary>
    public Norm Norm { get; init; } = Norms.Batch;

    /// <summary>Whether a pre-activation block begins with norm and ReLU. The first one after an activated stem does not (He 2016, appendix).</summary>
    public bool ActivatesInput { get; init; } = true;

    /// <summary>Channels of a bottleneck's 3x3 convolution.</summary>
    public int InnerWidth => (int)(Width * (WidthPerGroup / (double)UsualWidthPerGroup)) * Groups;
}
