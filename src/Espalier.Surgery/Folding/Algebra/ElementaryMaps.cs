using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Ops without weights, and channel-wise ops, as linear maps.</summary>
internal static class ElementaryMaps
{
    /// <summary>The identity as a 1x1 kernel (Ding 2021, RepVGG, §3.2).</summary>
    public static LinearMap Identity(int channels) => Scale(ChannelAffine.Uniform(channels, 1));

    /// <summary>A scale and shift of each channel: a batch norm at inference or a factor of stochastic depth.</summary>
    public static LinearMap Scale(ChannelAffine affine)
    {
        ArgumentNullException.ThrowIfNull(affine);
        return new LinearMap(affine.Channels, affine.Channels, 1, [.. affine.Scale], affine.Channels) { Bias = [.. affine.Shift] };
    }

    /// <summary>The map whose output channel i is input channel <paramref name="sources"/>[i], or zeros if that index is negative: slices, shuffles and any permutation.</summary>
    /// <param name="inChannels">The number of input channels.</param>
    /// <param name="sources">The index of the input channel for each output channel; negative for zeros.</param>
    public static LinearMap Select(int inChannels, ReadOnlySpan<int> sources)
    {
        double[] weight = MapSizeException.Weights(sources.Length, inChannels, 1);
        for (int i = 0; i < sources.Length; i++)
        {
            if (sources[i] >= 0)
            {
                weight[(i * inChannels) + sources[i]] = 1;
            }
        }

        return new LinearMap(inChannels, sources.Length, 1, weight);
    }

    /// <summary>The map that selects the channels [start, start + count).</summary>
    public static LinearMap Slice(int inChannels, int start, int count) => Select(inChannels, [.. Enumerable.Range(start, count)]);

    /// <summary>Channel shuffle: input channel g·n + i becomes i·groups + g (Zhang 2018, ShuffleNet, §3.1).</summary>
    public static LinearMap Shuffle(int channels, int groups) => Select(channels, ChannelPermutation.Shuffle(channels, groups));

    /// <summary>The map that adds channels of zeros before and after the input channels (He 2015, §3.3, option A).</summary>
    public static LinearMap PadChannels(int channels, int before, int after) =>
        Select(channels, [.. Enumerable.Range(-before, before + channels + after).Select(from => from < channels ? Math.Max(from, -1) : -1)]);

    /// <summary>The map that pads with a constant value per channel.</summary>
    /// <param name="border">The padding value of each channel.</param>
    /// <param name="padding">The padding in pixels on each side.</param>
    public static LinearMap Pad(double[] border, Padding padding)
    {
        ArgumentNullException.ThrowIfNull(border);
        return Identity(border.Length) with { Padding = padding, Border = [.. border] };
    }

    /// <summary>Average pooling as a depthwise convolution of equal weights (Ding 2021, Diverse Branch Block, transform V).</summary>
    /// <remarks>Exact only if the divisor is the same for all windows: padding is counted or absent, and no window extends beyond the padded input.</remarks>
    public static MergeResult AveragePool(int channels, AveragePool pool)
    {
        ArgumentNullException.ThrowIfNull(pool);
        if (!pool.CountIncludePad && !pool.Padding.IsNone)
        {
            return MergeResult.Refuse(MergeRule.AveragePool, "padding is not counted in its divisor, so windows at the border have a different divisor");
        }

        if (pool.CeilMode)
        {
            return MergeResult.Refuse(MergeRule.AveragePool, "its output size is rounded up (ceil mode), so the last window may have a different divisor");
        }

        double[] weight = MapSizeException.Weights(channels, 1, pool.Kernel);
        Array.Fill(weight, 1.0 / pool.Kernel.Area);
        return new LinearMap(channels, channels, pool.Kernel, weight, channels) { Stride = pool.Stride, Padding = pool.Padding };
    }
}
