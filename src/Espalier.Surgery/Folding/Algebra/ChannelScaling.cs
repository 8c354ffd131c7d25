namespace Espalier.Surgery;

/// <summary>Batch norms and other channel-wise scales beside a linear map (Ding 2021, Diverse Branch Block, transform I; DESIGN, rule 1).</summary>
internal static class ChannelScaling
{
    /// <summary>The map followed by a scale and shift of its outputs: scale·W and scale·b + shift. Always exact.</summary>
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

    /// <summary>The map behind a scale and shift of its inputs. Where the map is padded, the padding value becomes (border − shift) / scale, which needs a scale other than 0.</summary>
    public static MergeResult Before(ChannelAffine affine, LinearMap map) => SequentialMerge.Compose(ElementaryMaps.Scale(affine), map);
}
