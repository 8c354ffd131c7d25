namespace Espalier.Surgery;

/// <summary>Merges branches with the same input that are added or concatenated (Ding 2021, Diverse Branch Block, transforms II and IV).</summary>
/// <remarks>Exact if <see cref="KernelGrid"/> can align the branches. Branches with different numbers of groups are converted to the greatest common divisor.</remarks>
internal static class ParallelMerge
{
    /// <summary>Merges branches that are added: the weights and the biases are added.</summary>
    public static MergeResult Sum(params IReadOnlyList<LinearMap> branches)
    {
        LinearMap[] aligned = KernelGrid.Align(branches, out MergeRefusal? refusal);
        if (refusal is not null)
        {
            return MergeResult.Refuse(refusal.Rule, refusal.Reason);
        }

        if (aligned.Any(map => map.OutChannels != aligned[0].OutChannels))
        {
            throw new ArgumentException("Expected branches with the same number of output channels to add.", nameof(branches));
        }

        int groups = aligned.Aggregate(0, (common, map) => GroupConversion.GreatestCommonDivisor(common, map.Groups));
        LinearMap first = GroupConversion.Widen(aligned[0], groups);
        double[] weight = [.. first.Weight];
        double[] bias = [.. first.Bias];
        foreach (LinearMap map in aligned.Skip(1))
        {
            AddTo(weight, GroupConversion.Widen(map, groups).Weight);
            AddTo(bias, map.Bias);
        }

        return Like(first, first.OutChannels, weight, bias, groups);
    }

    /// <summary>Merges branches that are concatenated along the channels: the weights and the biases are concatenated.</summary>
    public static MergeResult Concat(params IReadOnlyList<LinearMap> branches)
    {
        LinearMap[] aligned = KernelGrid.Align(branches, out MergeRefusal? refusal);
        if (refusal is not null)
        {
            return MergeResult.Refuse(refusal.Rule, refusal.Reason);
        }

        LinearMap[] dense = [.. aligned.Select(map => GroupConversion.Widen(map, 1))];
        double[] weight = [.. dense.SelectMany(map => map.Weight)];
        double[] bias = [.. dense.SelectMany(map => map.Bias)];
        return Like(dense[0], bias.Length, weight, bias, 1);
    }

    private static LinearMap Like(LinearMap map, int outChannels, double[] weight, double[] bias, int groups) =>
        new(map.InChannels, outChannels, map.Kernel, weight, groups)
        {
            Bias = bias,
            Stride = map.Stride,
            Dilation = map.Dilation,
            Padding = map.Padding,
            Border = map.Border,
        };

    private static void AddTo(double[] sum, double[] other)
    {
        for (int i = 0; i < sum.Length; i++)
        {
            sum[i] += other[i];
        }
    }
}
