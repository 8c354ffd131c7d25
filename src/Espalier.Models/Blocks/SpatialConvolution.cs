namespace Espalier.Models;

/// <summary>What a residual block has in the place of its first 3x3 convolution.</summary>
public enum SpatialConvolution
{
    /// <summary>One convolution, with <see cref="ResidualBlockOptions.Groups"/>.</summary>
    Single,

    /// <summary>Two convolutions with dilations 1 and 2, weighed by attention between them (Li 2019, "Selective kernel networks", §3.1). With <see cref="ResidualBlockOptions.Splits"/> of 2 each reads half of the channels.</summary>
    SelectiveKernel,

    /// <summary>The channels in <see cref="ResidualBlockOptions.Splits"/> parts; each but the last has a convolution, which reads its part plus the result of the part before (Gao 2019, "Res2Net", §3.1).</summary>
    MultiScale,

    /// <summary><see cref="ResidualBlockOptions.Splits"/> convolutions of the same input, weighed by attention between them (Zhang 2020, "ResNeSt", §3.1).</summary>
    SplitAttention,
}
