using Espalier.Graphs;

namespace Espalier.Models;

/// <summary>The attentions at the end of residual branches.</summary>
internal static class ChannelAttentions
{
    /// <summary>Weighs a branch's channels as the options say.</summary>
    internal static Value Attend(this Value x, ResidualBlockOptions options) => options.Attention switch
    {
        ChannelAttention.None => x,
        ChannelAttention.SqueezeExcitation => x.In(options.Names.Attention, x => x.SqueezeExcitation("fc1", "fc2", options.AttentionChannels(x.Channels, options.AttentionDivisor))),
        ChannelAttention.Efficient => x.In(options.Names.Attention, Efficient),
    };

    /// <summary>The kernel along the channels of efficient channel attention (Wang 2020, equation 12, γ = 2, b = 1): the next odd number from (log₂ C + 1) / 2, at least 3.</summary>
    internal static int EfficientKernel(int channels)
    {
        const int Least = 3;
        int nearest = (int)((Math.Log2(channels) + 1) / 2);
        return Math.Max(Least, nearest % 2 == 1 ? nearest : nearest + 1);
    }

    private static Value Efficient(Value x) =>
        x.Multiply("multiply", x.GlobalAveragePool("pool").ChannelConv1d("conv", EfficientKernel(x.Channels)).Sigmoid("sigmoid"));
}
