using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Ops without kernels of their own, written as linear maps.</summary>
internal static class ElementaryMaps
{
    /// <summary>The map that changes nothing: an identity branch as a 1x1 kernel (Ding 2021, RepVGG, §3.2).</summary>
    public static LinearMap Identity(int channels) => Scale(ChannelAffine.Uniform(channels, 1));

    /// <summary>A scale and shift of each channel: batch norm at inference, an identity branch with one, a stochastic-depth factor.</summary>
    public static LinearMap Scale(ChannelAffine affine)
    {
        ArgumentNullException.ThrowIfNull(affine);
        return new LinearMap(affine.Channels, affine.Channels, 1, [.. affine.Scale], affine.Channels) { Bias = [.. affine.Shift] };
    }

    /// <summary>Output channel i is input channel <paramref name="sources"/>[i], or zeros where that is negative: slices, shuffles and any permutation.</summary>
    /// <param name="inChannels">Channels there are.</param>
    /// <param name="sources">Where each output channel comes from.</param>
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

    /// <summary>The channels [start, start + count).</summary>
    public static LinearMap Slice(int inChannels, int start, int count) => Select(inChannels, [.. Enumerable.Range(start, count)]);

    /// <summary>Channel shuffle: input channel g·n + i becomes i·groups + g (Zhang 2018, ShuffleNet, §3.1).</summary>
    public static LinearMap Shuffle(int channels, int groups) => Select(channels, ChannelPermutation.Shuffle(channels, groups));

    /// <summary>Channels of zeros before and after the input's (He 2015, §3.3, option A).</summary>
    public static LinearMap PadChannels(int channels, int before, int after) =>
        Select(channels, [.. Enumerable.Range(-before, before + channels + after).Select(from => from < channels ? Math.Max(from, -1) : -1)]);

    /// <summary>Pixels of a value for each channel around the map.</summary>
    /// <param name="border">The value of each channel.</param>
    /// <param name="padding">Pixels on each side.</param>
    public static LinearMap Pad(double[] border, Padding padding)
    {
        ArgumentNullException.ThrowIfNull(border);
        return Identity(border.Length) with { Padding = padding, Border = [.. border] };
    }

    /// <summary>Average pooling as a depthwise convolution of equal weights (Ding 2021, Diverse Branch Block, transform V).</summary>
    /// <remarks>DESIGN, rule 5: only where every window is divided by the same number, so padding counts (or there is none) and no window hangs over the edge.</remarks>
    public static MergeResult AveragePool(int channels, AveragePool pool)
    {
        ArgumentNullException.ThrowIfNull(pool);
        if (!pool.CountIncludePad && !pool.Padding.IsNone)
        {
            return MergeResult.Refuse(MergeRule.AveragePool, "padding is not counted in its divisor, so windows at the border have another divisor");
        }

        if (pool.CeilMode)
        {
            return MergeResult.Refuse(MergeRule.AveragePool, "its output size is rounded up (ceil mode), so the last window may have another divisor");
        }

        double[] weight = MapSizeException.Weights(channels, 1, pool.Kernel);
        Array.Fill(weight, 1.0 / pool.Kernel.Area);
        return new LinearMap(channels, channels, pool.Kernel, weight, channels) { Stride = pool.Stride, Padding = pool.Padding };
    }
}
