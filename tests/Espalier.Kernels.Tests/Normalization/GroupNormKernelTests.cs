using Espalier.Tensors;

namespace Espalier.Kernels.Tests;

public class GroupNormKernelTests
{
    [Theory]
    [MemberData(nameof(MapCase.Lanes), MemberType = typeof(MapCase))]
    public void Group_norm_agrees_with_the_reference_for_every_number_of_groups(int lanes)
    {
        foreach (MapCase map in MapCase.All)
        {
            foreach (int groups in Enumerable.Range(1, map.Channels).Where(groups => map.Channels % groups == 0))
            {
                Check($"{map.Name}, {groups} groups", map, lanes, groups, mean: 0, tolerance: 2e-6);
            }
        }
    }

    [Theory]
    [MemberData(nameof(MapCase.Lanes), MemberType = typeof(MapCase))]
    public void A_mean_a_thousand_times_the_deviation_costs_no_digits(int lanes)
    {
        var map = new MapCase("large mean", 2, 32, 20, 20, default, default);
        Check(map.Name, map, lanes, 8, mean: 2000, tolerance: 2e-6);
    }

    [Fact]
    public void Groups_that_do_not_divide_the_channels_are_refused()
    {
        var layout = new BlockedLayout(4, 1, 1, 4);
        Assert.Throws<ArgumentException>(() =>
            GroupNormKernel.Run(new float[4], layout, 3, new float[4], new float[4], 1e-5f, default, new float[4], layout, 1, 0, 1));
    }

    private static void Check(string what, MapCase map, int lanes, int groups, double mean, double tolerance)
    {
        (BlockedLayout from, BlockedLayout to) = (map.InputLayout(lanes), map.OutputLayout(lanes));
        float[] plain = Maps.Random(map.Batch * Maps.Plain(from).Length, map.Seed, mean - 2, mean + 2);
        float[] weight = Maps.Random(map.Channels, map.Seed + 1, 0.5, 2);
        float[] bias = Maps.Random(map.Channels, map.Seed + 2);
        const float Eps = 1e-5f;
        var relu = new Activation(ActivationKind.LeakyRelu, 0.5f);
        var expected = new double[plain.Length];
        Reference.GroupNorm<double>(Maps.Doubles(plain), map.Batch, Maps.Plain(from), groups, Maps.Doubles(weight), Maps.Doubles(bias), Eps, expected);
        Reference.Activate<double>(expected, relu, expected);
        GuardedBuffer input = Maps.Block(plain, from, map.Batch);
        (float[] gamma, float[] beta) = (Maps.PerChannel(weight, from), Maps.PerChannel(bias, from));
        KernelCheck.Maps(what, to, map.Batch, expected, tolerance, [input], (output, part, parts) =>
            GroupNormKernel.Run(input.Span, from, groups, gamma, beta, Eps, relu, output, to, map.Batch, part, parts));
        KernelCheck.InPlace(what, from, map.Batch, expected, tolerance, input, (output, part, parts) =>
            GroupNormKernel.Run(output, from, groups, gamma, beta, Eps, relu, output, from, map.Batch, part, parts));
    }
}
