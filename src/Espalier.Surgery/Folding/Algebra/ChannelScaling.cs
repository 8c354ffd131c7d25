namespace Espalier.Surgery;

/// <summary>Merges batch norms and other channel-wise affine maps with a linear map before or after them (Ding 2021, Diverse Branch Block, transform I).</summary>
internal static class ChannelScaling
{
    /// <summary>The map followed by a scale and shift of its output channels, with weights scale·W and bias scale·b + shift. Always exact over the reals.</summary>
    public static LinearMap After(LinearMap map, ChannelAffine affine)
    {
        ArgumentNullException.ThrowIfNull(map);
        ArgumentNullException.ThrowIfNull(affine);
        double[] weight = GC.AllocateUninitializedArray<double>(map.Weight.Length);
        double[] bias = new double[map.OutChannels];
        int row = weight.Length / map.OutChannels;
        for (int o = 0; o < bias.Length; o++)
        {
            double scale = affine.Scale[o];
            ReadOnlySpan<double> from = map.Weight.AsSpan(o * row, row);
            Span<double> to = weight.AsSpan(o * row, row);
            for (int i = 0; i < to.Length; i++)
            {
                to[i] = from[i] * scale;
            }

            bias[o] = (map.Bias[o] * scale) + affine.Shift[o];
        }

        return new LinearMap(map.InChannels, map.OutChannels, map.Kernel, weight, map.Groups)
        {
            Bias = bias,
            Stride = map.Stride,
            Dilation = map.Dilation,
            Padding = map.Padding,
            Border = map.Border,
        };
    }

    /// <summary>The map preceded by a scale and shift of its input channels. If the map is padded, the padding value becomes (border − shift) / scale, so the scale must not be 0.</summary>
    public static MergeResult Before(ChannelAffine affine, LinearMap map) => SequentialMerge.Compose(ElementaryMaps.Scale(affine), map);
}
