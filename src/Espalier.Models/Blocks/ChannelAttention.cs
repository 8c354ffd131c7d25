namespace Espalier.Models;

/// <summary>The attention at the end of a residual block's branch, which multiplies each channel by a factor that depends on all pixels.</summary>
public enum ChannelAttention
{
    /// <summary>No attention: the block ends with its last norm.</summary>
    None,

    /// <summary>Squeeze and excitation (Hu 2018, §3): two 1x1 convolutions of the channels' means.</summary>
    SqueezeExcitation,

    /// <summary>Efficient channel attention (Wang 2020, "ECA-Net", §3.3): one convolution along the channels' means, with a kernel that grows with the number of channels.</summary>
    Efficient,
}
