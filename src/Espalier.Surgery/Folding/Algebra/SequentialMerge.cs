using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Merges two maps in sequence into one (Ding 2021, Diverse Branch Block, transform III).</summary>
internal static class SequentialMerge
{
    /// <summary>The composition of two maps: <paramref name="second"/> applied to the output of <paramref name="first"/>.</summary>
    /// <remarks>
    /// The strides are multiplied, and the dilation of the second map is multiplied by the stride of the first. Exact for all kernel sizes if the second map has no padding.
    /// If it has padding, the first map must be 1x1 and must map some padding value of its input to the padding value of the second; see <see cref="MovedPadding"/>.
    /// </remarks>
    public static MergeResult Compose(LinearMap first, LinearMap second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (first.OutChannels != second.InChannels)
        {
            throw new ArgumentException($"Expected a second map with {first.OutChannels} input channels, found {second.InChannels}.", nameof(second));
        }

        if (first.IsIdentity || second.IsIdentity)
        {
            return first.IsIdentity ? second : first;
        }

        if (second.IsChannelwise)
        {
            return ChannelScaling.After(first, new ChannelAffine(second.Weight, second.Bias));
        }

        if (!IsCountable(first, second))
        {
            return MergeResult.Refuse(MergeRule.SamplingGrid, $"strides of {first.Stride} and {second.Stride} multiply to more pixels than an int can hold");
        }

        double[]? border = first.Border;
        if (!second.Padding.IsNone && !MovedPadding.TryFind(first, second, out border, out MergeRefusal? refusal))
        {
            return MergeResult.Refuse(refusal.Rule, refusal.Reason);
        }

        Size step = (second.Dilation.Height * first.Stride.Height, second.Dilation.Width * first.Stride.Width);
        return Merge(first, second, step) with
        {
            Bias = Bias(first, second),
            Stride = (second.Stride.Height * first.Stride.Height, second.Stride.Width * first.Stride.Width),
            Padding = new Padding(
                first.Padding.Top + (first.Stride.Height * second.Padding.Top),
                first.Padding.Left + (first.Stride.Width * second.Padding.Left),
                first.Padding.Bottom + (first.Stride.Height * second.Padding.Bottom),
                first.Padding.Right + (first.Stride.Width * second.Padding.Right)),
            Border = border,
        };
    }

    private static bool IsCountable(LinearMap first, LinearMap second) =>
        (Math.Max(first.Stride.Height, first.Stride.Width) * Reach(second)) + Reach(first) <= int.MaxValue;

    /// <summary>An upper bound of all distances of a map, in pixels.</summary>
    private static double Reach(LinearMap map) => Math.Max(
        map.Stride.Height + ((double)map.Dilation.Height * map.Kernel.Height) + map.Padding.Top + map.Padding.Bottom,
        map.Stride.Width + ((double)map.Dilation.Width * map.Kernel.Width) + map.Padding.Left + map.Padding.Right);

    private static LinearMap Merge(LinearMap first, LinearMap second, Size step)
    {
        (int positionsHigh, int dilationHigh) = Positions(first.Kernel.Height, first.Dilation.Height, second.Kernel.Height, step.Height);
        (int positionsWide, int dilationWide) = Positions(first.Kernel.Width, first.Dilation.Width, second.Kernel.Width, step.Width);
        var kernel = new Size(positionsHigh, positionsWide);
        MapSizeException.Require((double)second.Kernel.Area * first.Kernel.Area, $"the pairs of elements of a {first.Kernel} and a {second.Kernel} kernel");
        int[] place = new int[second.Kernel.Area * first.Kernel.Area];
        for (int i = 0; i < place.Length; i++)
        {
            (int outer, int inner) = Math.DivRem(i, first.Kernel.Area);
            int y = ((outer / second.Kernel.Width * step.Height) + (inner / first.Kernel.Width * first.Dilation.Height)) / dilationHigh;
            int x = ((outer % second.Kernel.Width * step.Width) + (inner % first.Kernel.Width * first.Dilation.Width)) / dilationWide;
            place[i] = (y * positionsWide) + x;
        }

        int groups = GroupConversion.GreatestCommonDivisor(first.Groups, second.Groups);
        double[] weight = Multiply(first, GroupConversion.Widen(second, groups), place, kernel);
        return new LinearMap(first.InChannels, second.OutChannels, kernel, weight, groups) { Dilation = (dilationHigh, dilationWide) };
    }

    /// <summary>The kernel size and the largest possible dilation of a kernel with elements at all sums of the two maps' offsets, along one axis.</summary>
    private static (int Positions, int Dilation) Positions(int firstPositions, int firstStep, int secondPositions, int secondStep)
    {
        int dilation = GroupConversion.GreatestCommonDivisor(firstPositions > 1 ? firstStep : 0, secondPositions > 1 ? secondStep : 0);
        dilation = Math.Max(1, dilation);
        return ((((firstStep * (firstPositions - 1)) + (secondStep * (secondPositions - 1))) / dilation) + 1, dilation);
    }

    /// <summary>The weights of the composition, in the groups of the second map. Each group of the first map lies within one group of the second.</summary>
    private static double[] Multiply(LinearMap first, LinearMap second, int[] place, Size kernel)
    {
        (int inputs, int middles) = (first.InChannels / second.Groups, second.GroupInputs);
        int row = first.GroupInputs * first.Kernel.Area;
        (int firstPositions, int secondPositions) = (first.Kernel.Area, second.Kernel.Area);
        double[] weight = MapSizeException.Weights(second.OutChannels, inputs, kernel);
        int positions = kernel.Area;
        for (int o = 0; o < second.OutChannels; o++)
        {
            int firstMiddle = o / second.GroupOutputs * middles;
            for (int i = 0; i < middles * secondPositions; i++)
            {
                double factor = second.Weight[(o * middles * secondPositions) + i];
                if (factor == 0)
                {
                    continue; // the weights of merged groups and of permutations are mostly zeros
                }

                (int middle, int position) = Math.DivRem(i, secondPositions);
                int firstInput = (firstMiddle + middle) / first.GroupOutputs * first.GroupInputs % inputs;
                Span<double> to = weight.AsSpan(((o * inputs) + firstInput) * positions, first.GroupInputs * positions);
                AddScaled(to, first.Weight.AsSpan((firstMiddle + middle) * row, row), factor, place.AsSpan(position * firstPositions, firstPositions), positions);
            }
        }

        return weight;
    }

    private static void AddScaled(Span<double> to, ReadOnlySpan<double> from, double factor, ReadOnlySpan<int> place, int positions)
    {
        for (int i = 0, plane = 0; i < from.Length; i += place.Length, plane += positions)
        {
            for (int position = 0; position < place.Length; position++)
            {
                to[plane + place[position]] += factor * from[i + position];
            }
        }
    }

    private static double[] Bias(LinearMap first, LinearMap second)
    {
        double[] bias = [.. second.Bias];
        int positions = second.Kernel.Area;
        for (int o = 0; o < bias.Length; o++)
        {
            int firstMiddle = o / second.GroupOutputs * second.GroupInputs;
            for (int i = 0; i < second.GroupInputs * positions; i++)
            {
                bias[o] += second.Weight[(o * second.GroupInputs * positions) + i] * first.Bias[firstMiddle + (i / positions)];
            }
        }

        return bias;
    }
}
