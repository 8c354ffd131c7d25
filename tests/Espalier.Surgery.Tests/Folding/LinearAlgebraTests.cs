using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery.Tests;

/// <summary>Each operation of the algebra against running its parts one after another in double, borders included.</summary>
public class LinearAlgebraTests
{
    private const int Height = 11;
    private const int Width = 9;

    /// <summary>Rounding of doubles in sums of some hundred products of numbers up to 1, squared and summed over some thousand outputs.</summary>
    private const double Tolerance = 1e-20;

    [Fact]
    public void A_sum_aligns_kernels_height_with_height_and_width_with_width()
    {
        LinearMap[] branches =
        [
            MapRunner.Random("a", 4, 6, 3, padding: 1),
            MapRunner.Random("b", 4, 6, (1, 3), padding: (0, 1)),
            MapRunner.Random("c", 4, 6, (3, 1), groups: 2, padding: (1, 0)),
            MapRunner.Random("d", 4, 6, 1),
            MapRunner.Random("e", 4, 6, (5, 2), padding: new Padding(2, 0, 2, 1)),
        ];
        LinearMap sum = MapRunner.Merged(ParallelMerge.Sum(branches));

        Assert.Equal((5, 3), sum.Kernel);
        AssertSame(x => Sum([.. branches.Select(map => MapRunner.Run(map, x, Height, Width))]), sum, 4);
    }

    [Fact]
    public void A_sum_of_other_dilations_is_stuffed_with_zeros()
    {
        LinearMap[] branches = [MapRunner.Random("a", 3, 3, 3, padding: 2, dilation: 2), MapRunner.Random("b", 3, 3, 3, padding: 3, dilation: 3)];
        LinearMap sum = MapRunner.Merged(ParallelMerge.Sum(branches));

        Assert.Equal((7, 7), sum.Kernel);
        Assert.Equal((1, 1), sum.Dilation);
        AssertSame(x => Sum([.. branches.Select(map => MapRunner.Run(map, x, Height, Width))]), sum, 3);
    }

    [Fact]
    public void One_dilation_stays_one()
    {
        LinearMap sum = MapRunner.Merged(ParallelMerge.Sum(MapRunner.Random("a", 3, 3, 3, padding: 2, dilation: 2), MapRunner.Random("b", 3, 3, 1)));

        Assert.Equal((3, 3), sum.Kernel);
        Assert.Equal((2, 2), sum.Dilation);
    }

    [Fact]
    public void A_concatenation_stacks_outputs_of_mixed_groups()
    {
        LinearMap[] branches = [MapRunner.Random("a", 4, 4, 3, groups: 4, padding: 1, stride: 2), MapRunner.Random("b", 4, 2, 1, stride: 2)];
        LinearMap both = MapRunner.Merged(ParallelMerge.Concat(branches));

        AssertSame(x => [.. branches.SelectMany(map => MapRunner.Run(map, x, Height, Width))], both, 4);
    }

    [Theory]
    [InlineData(1, 1, 3, 1, 1)]
    [InlineData(1, 2, 3, 2, 1)]
    [InlineData(2, 1, 3, 1, 2)]
    public void A_pointwise_map_without_bias_goes_into_the_padded_kernel_behind(int stride, int groups, int kernel, int secondStride, int dilation)
    {
        LinearMap first = MapRunner.Random("a", 4, 6, 1, groups, bias: false, stride: stride);
        LinearMap second = MapRunner.Random("b", 6, 4, kernel, padding: dilation, stride: secondStride, dilation: dilation);

        AssertSequence(first, second);
    }

    [Fact]
    public void Two_kernels_compose_without_padding_between()
    {
        AssertSequence(MapRunner.Random("a", 4, 6, (3, 2), padding: 1, stride: (1, 2), border: true), MapRunner.Random("b", 6, 8, (2, 3), groups: 2, dilation: (2, 1)));
        AssertSequence(MapRunner.Random("c", 4, 6, 3, groups: 2, padding: 1, stride: 2), MapRunner.Random("d", 6, 4, 1, groups: 2));
        AssertSequence(MapRunner.Random("e", 4, 4, 3, groups: 4, padding: 1), MapRunner.Random("f", 4, 8, 1));
    }

    [Fact]
    public void Padding_of_the_value_of_the_bias_lets_the_chain_compose()
    {
        LinearMap first = MapRunner.Random("a", 4, 6, 1);

        AssertSequence(first, MapRunner.Random("b", 6, 4, 3, padding: 1) with { Border = first.Bias });
    }

    [Fact]
    public void A_scale_before_a_padded_kernel_moves_its_border()
    {
        LinearMap scale = ElementaryMaps.Scale(new ChannelAffine(MapRunner.Numbers("scale", 4), MapRunner.Numbers("shift", 4)));
        LinearMap second = MapRunner.Random("b", 4, 6, 3, padding: new Padding(1, 2, 0, 1));

        Assert.True(AssertSequence(scale, second).HasBorder);
    }

    [Fact]
    public void A_scale_after_a_kernel_goes_into_it()
    {
        var affine = new ChannelAffine(MapRunner.Numbers("scale", 6), MapRunner.Numbers("shift", 6));
        LinearMap map = MapRunner.Random("a", 4, 6, 3, groups: 2, padding: 1, border: true);

        AssertSame(x => MapRunner.Run(ElementaryMaps.Scale(affine), MapRunner.Run(map, x, Height, Width), Height, Width), ChannelScaling.After(map, affine), 4);
    }

    [Fact]
    public void Pads_with_border_values_and_selections_compose()
    {
        LinearMap pad = ElementaryMaps.Pad(MapRunner.Numbers("border", 6), new Padding(2, 1, 0, 3));
        AssertSequence(pad, MapRunner.Random("a", 6, 4, 3));
        AssertSequence(ElementaryMaps.Shuffle(6, 3), MapRunner.Random("b", 6, 4, 3, groups: 2, padding: 1));
        AssertSequence(ElementaryMaps.Slice(6, 1, 4), MapRunner.Random("c", 4, 4, 3, padding: 1));
        AssertSequence(ElementaryMaps.PadChannels(6, 1, 2), MapRunner.Random("d", 9, 4, 3, padding: 1));
        AssertSequence(MapRunner.Random("e", 6, 6, 3, groups: 3, padding: 1), ElementaryMaps.Shuffle(6, 2));
    }

    [Fact]
    public void Groups_widen_and_narrow_back()
    {
        LinearMap map = MapRunner.Random("a", 12, 24, (3, 2), groups: 6);
        LinearMap half = GroupConversion.Widen(map, 2);
        LinearMap dense = GroupConversion.Widen(map, 1);

        AssertSame(x => MapRunner.Run(map, x, Height, Width), half, 12);
        AssertSame(x => MapRunner.Run(map, x, Height, Width), dense, 12);
        Assert.Equal(map.Weight, GroupConversion.Narrow(dense).Weight);
        Assert.Equal(map.Weight, GroupConversion.Narrow(half).Weight);
    }

    [Fact]
    public void Average_pools_are_convolutions_only_with_one_divisor()
    {
        var pool = new AveragePool((3, 2)) { Stride = (2, 1), Padding = (1, 1) };
        AssertSequence(MapRunner.Random("a", 3, 4, (1, 1), bias: false), MapRunner.Merged(ElementaryMaps.AveragePool(4, pool)));

        MapRunner.AssertRefused(ElementaryMaps.AveragePool(4, pool with { CountIncludePad = false }), MergeRule.AveragePool, "not counted");
        MapRunner.AssertRefused(ElementaryMaps.AveragePool(4, pool with { CeilMode = true }), MergeRule.AveragePool, "ceil mode");
        Assert.NotNull(ElementaryMaps.AveragePool(4, pool with { CountIncludePad = false, Padding = 0 }).Map);
    }

    [Fact]
    public void What_is_not_exact_is_refused_by_the_rule_that_forbids_it()
    {
        LinearMap same = MapRunner.Random("a", 4, 4, 3, padding: 1);
        MapRunner.AssertRefused(ParallelMerge.Sum(same, MapRunner.Random("b", 4, 4, 3, padding: 1, stride: 2)), MergeRule.SamplingGrid, "strides 1x1 and 2x2");
        MapRunner.AssertRefused(ParallelMerge.Sum(same, MapRunner.Random("b", 4, 4, 3)), MergeRule.SamplingGrid, "different sizes");
        MapRunner.AssertRefused(ParallelMerge.Concat(same, MapRunner.Random("b", 4, 4, 3, padding: 1, border: true)), MergeRule.SamplingGrid, "different values");
        MapRunner.AssertRefused(SequentialMerge.Compose(same, same), MergeRule.InnerPadding, "only without padding between");
        MapRunner.AssertRefused(SequentialMerge.Compose(MapRunner.Random("c", 4, 4, 1), same), MergeRule.InnerPadding, "with a bias");
        MapRunner.AssertRefused(ChannelScaling.Before(new ChannelAffine(new double[4], [1, 1, 1, 1]), same), MergeRule.BatchNorm, "scale for channel 0 is 0");
        MapRunner.AssertRefused(MeanPooling.MoveBehind(same), MergeRule.MeanPool, "does not compute every pixel in the same way");
    }

    [Fact]
    public void A_pointwise_map_moves_behind_global_pooling()
    {
        LinearMap map = MapRunner.Random("a", 3, 5, 1);
        double[] sample = MapRunner.Numbers("input", 3 * Height * Width);
        LinearMap behind = MapRunner.Merged(MeanPooling.MoveBehind(map));

        double[] expected = Means(MapRunner.Run(map, sample, Height, Width), 5);
        Assert.InRange(MapRunner.SquaredDifference(expected, MapRunner.Run(behind, Means(sample, 3), 1, 1)), 0, Tolerance);
    }

    private static LinearMap AssertSequence(LinearMap first, LinearMap second)
    {
        LinearMap merged = MapRunner.Merged(SequentialMerge.Compose(first, second));
        Size middle = MapRunner.SizeOf(first, Height, Width);
        AssertSame(x => MapRunner.Run(second, MapRunner.Run(first, x, Height, Width), middle.Height, middle.Width), merged, first.InChannels);
        return merged;
    }

    private static void AssertSame(Func<double[], double[]> expected, LinearMap map, int channels)
    {
        double[] sample = MapRunner.Numbers("input", channels * Height * Width);
        Assert.InRange(MapRunner.SquaredDifference(expected(sample), MapRunner.Run(map, sample, Height, Width)), 0, Tolerance);
    }

    private static double[] Sum(double[][] parts) => [.. Enumerable.Range(0, parts[0].Length).Select(i => parts.Sum(part => part[i]))];

    private static double[] Means(double[] map, int channels) => [.. map.Chunk(map.Length / channels).Select(channel => channel.Average())];
}
