using Espalier.Tensors;

namespace Espalier.Kernels.Tests;

public class PoolKernelTests
{
    private static readonly PoolGeometry[] Named =
    [
        new(1),
        new(1) { Stride = 2 },
        new(3) { Stride = 2, Padding = new Padding(1, 1, 1, 1) },
        new(2) { Stride = 2, CeilMode = true },
        new((3, 2)) { Stride = (2, 3), Padding = new Padding(1, 1, 1, 1), CeilMode = true, CountIncludePad = true },
        new(3) { Padding = new Padding(1, 0, 0, 1), CountIncludePad = true },
        new((4, 1)) { Stride = (4, 1), Padding = new Padding(2, 0, 2, 0), CeilMode = true },
    ];

    [Theory]
    [MemberData(nameof(MapCase.Lanes), MemberType = typeof(MapCase))]
    public void Max_pool_agrees_with_the_reference_and_never_reads_the_border(int lanes)
    {
        foreach ((string what, MapCase map, PoolGeometry geometry) in Cases(dilation: true))
        {
            (BlockedLayout from, BlockedLayout to) = Layouts(map, geometry, lanes);
            float[] plain = Maps.Random(map.Batch * Maps.Plain(from).Length, map.Seed, -3, -1);
            var expected = new double[map.Batch * Maps.Plain(to).Length];
            Reference.MaxPool<double>(Maps.Doubles(plain), map.Batch, Maps.Plain(from), geometry, expected);
            if (expected.Contains(double.NegativeInfinity))
            {
                continue; // a window with no pixel: padded lanes are as infinite as the others, see the test of its own
            }

            GuardedBuffer input = Maps.Block(plain, from, map.Batch);
            KernelCheck.Maps(what, to, map.Batch, expected, 0, [input], (output, part, parts) =>
                PoolKernel.Max(input.Span, from, geometry, output, to, map.Batch, part, parts));
        }
    }

    [Theory]
    [MemberData(nameof(MapCase.Lanes), MemberType = typeof(MapCase))]
    public void Average_pool_agrees_with_the_reference_and_never_reads_the_border(int lanes)
    {
        foreach ((string what, MapCase map, PoolGeometry geometry) in Cases(dilation: false))
        {
            (BlockedLayout from, BlockedLayout to) = Layouts(map, geometry, lanes);
            float[] plain = Maps.Random(map.Batch * Maps.Plain(from).Length, map.Seed);
            var expected = new double[map.Batch * Maps.Plain(to).Length];
            Reference.AveragePool<double>(Maps.Doubles(plain), map.Batch, Maps.Plain(from), geometry, expected);
            GuardedBuffer input = Maps.Block(plain, from, map.Batch);
            KernelCheck.Maps(what, to, map.Batch, expected, 1e-6, [input], (output, part, parts) =>
                PoolKernel.Average(input.Span, from, geometry, output, to, map.Batch, part, parts));
        }
    }

    [Theory]
    [MemberData(nameof(MapCase.Lanes), MemberType = typeof(MapCase))]
    public void Adaptive_average_pool_agrees_with_the_reference(int lanes)
    {
        foreach (MapCase map in MapCase.All)
        {
            foreach ((int height, int width) in new[] { (1, 1), (2, 3), (7, 7), (1, 5) })
            {
                BlockedLayout from = map.InputLayout(lanes);
                BlockedLayout to = map.OutputLayout(lanes) with { Height = height, Width = width };
                float[] plain = Maps.Random(map.Batch * Maps.Plain(from).Length, map.Seed);
                var expected = new double[map.Batch * Maps.Plain(to).Length];
                Reference.AdaptiveAveragePool<double>(Maps.Doubles(plain), map.Batch, Maps.Plain(from), height, width, expected);
                GuardedBuffer input = Maps.Block(plain, from, map.Batch);
                KernelCheck.Maps($"{map.Name} to {height}x{width}", to, map.Batch, expected, 1e-6, [input], (output, part, parts) =>
                    PoolKernel.AdaptiveAverage(input.Span, from, output, to, map.Batch, part, parts));
            }
        }
    }

    [Theory]
    [MemberData(nameof(MapCase.Lanes), MemberType = typeof(MapCase))]
    public void Adaptive_max_pool_and_its_gradient_agree_with_the_reference(int lanes)
    {
        foreach (MapCase map in MapCase.All)
        {
            foreach ((int height, int width) in new[] { (1, 1), (2, 3), (7, 7) })
            {
                string what = $"{map.Name} to {height}x{width}";
                BlockedLayout from = map.InputLayout(lanes);
                BlockedLayout to = map.OutputLayout(lanes) with { Height = height, Width = width };
                FeatureMap shape = Maps.Plain(from);
                float[] plain = Maps.Random(map.Batch * shape.Length, map.Seed, -3, -1);
                var expected = new double[map.Batch * Maps.Plain(to).Length];
                Reference.AdaptiveMaxPool<double>(Maps.Doubles(plain), map.Batch, shape, height, width, expected);
                GuardedBuffer input = Maps.Block(plain, from, map.Batch);
                KernelCheck.Maps(what, to, map.Batch, expected, 0, [input], (output, part, parts) => PoolKernel.AdaptiveMax(input.Span, from, output, to, map.Batch, part, parts));

                float[] gradients = Maps.Random(expected.Length, map.Seed + 1);
                double[] sum = new double[plain.Length];
                Reference.AdaptiveMaxPoolGradient<double>(Maps.Doubles(plain), map.Batch, shape, height, width, Maps.Doubles(gradients), sum);
                GuardedBuffer gradient = Maps.Block(gradients, to, map.Batch);
                GuardedBuffer greatest = Maps.Block([.. expected.Select(value => (float)value)], to, map.Batch);
                KernelCheck.Maps(what, from, map.Batch, sum, 1e-6, [gradient], (target, part, parts) =>
                    PoolGradient.Max(input.Span, from, greatest.Span, to, null, gradient.Span, to, target, from, false, map.Batch, part, parts));
            }
        }
    }

    [Theory]
    [MemberData(nameof(MapCase.Lanes), MemberType = typeof(MapCase))]
    public void The_mean_of_a_large_map_of_large_numbers_keeps_six_digits(int lanes)
    {
        var from = new BlockedLayout(lanes, 224, 224, lanes);
        var to = new BlockedLayout(lanes, 1, 1, lanes);
        float[] plain = Maps.Random(Maps.Plain(from).Length, 5, 1000, 1001);
        var expected = new double[lanes];
        Reference.AdaptiveAveragePool<double>(Maps.Doubles(plain), 1, Maps.Plain(from), 1, 1, expected);
        GuardedBuffer input = Maps.Block(plain, from, 1);
        KernelCheck.Maps("224x224", to, 1, expected, 1e-6, [input], (output, part, parts) =>
            PoolKernel.AdaptiveAverage(input.Span, from, output, to, 1, part, parts));
    }

    [Theory]
    [MemberData(nameof(MapCase.Lanes), MemberType = typeof(MapCase))]
    public void A_NaN_anywhere_in_a_window_is_its_maximum(int lanes)
    {
        var layout = new BlockedLayout(lanes, 3, 3, lanes);
        var pixel = new BlockedLayout(lanes, 1, 1, lanes);
        for (int where = 0; where < 9; where++)
        {
            float[] plain = Maps.Random(9 * lanes, 7);
            plain[((lanes - 1) * 9) + where] = float.NaN;
            plain[8] = float.PositiveInfinity;
            GuardedBuffer input = Maps.Block(plain, layout, 1);
            var output = new float[lanes];
            PoolKernel.Max(input.Span, layout, new PoolGeometry(3), output, pixel, 1, 0, 1);
            Assert.Equal(float.NaN, output[^1]);
            Assert.Equal(float.PositiveInfinity, output[0]);
            Assert.Equal(plain.AsSpan(9, 9).ToArray().Max(), output[1]);
        }
    }

    [Fact]
    public void A_window_without_any_pixel_has_the_maximum_minus_infinity_and_the_mean_zero()
    {
        var layout = new BlockedLayout(4, 1, 1, 4);
        var geometry = new PoolGeometry(1) { Padding = new Padding(0, 1, 0, 0) };
        float[] output = new float[8];
        PoolKernel.Max([1, 2, 3, 4], layout, geometry, output, layout with { Width = 2 }, 1, 0, 1);
        Assert.Equal(float.NegativeInfinity, output[0]);
        Assert.Equal(4, output[7]);
        PoolKernel.Average([1, 2, 3, 4], layout, geometry, output, layout with { Width = 2 }, 1, 0, 1);
        Assert.Equal([0, 0, 0, 0, 1, 2, 3, 4], output);
    }

    [Fact]
    public void An_output_of_the_wrong_size_is_refused()
    {
        var layout = new BlockedLayout(4, 4, 4, 4);
        Assert.Throws<ArgumentException>(() =>
            PoolKernel.Max(new float[64], layout, new PoolGeometry(2), new float[64], layout, 1, 0, 1));
        Assert.Throws<ArgumentException>(() =>
            PoolKernel.Average(new float[64], layout, new PoolGeometry(2) { Dilation = (2, 1) }, new float[24], layout with { Height = 2, Width = 3 }, 1, 0, 1));
    }

    private static IEnumerable<(string What, MapCase Map, PoolGeometry Geometry)> Cases(bool dilation)
    {
        foreach (MapCase map in MapCase.All)
        {
            IEnumerable<PoolGeometry> random = Enumerable.Range(0, 4).Select(i => Random(map.Seed + (ulong)i, dilation));
            foreach (PoolGeometry geometry in Named.Concat(random))
            {
                if (geometry.Output(new FeatureMap(map.Channels, map.Height, map.Width)) is { Height: > 0, Width: > 0 })
                {
                    yield return ($"{map}, {geometry}", map, geometry);
                }
            }
        }
    }

    private static PoolGeometry Random(ulong seed, bool dilation)
    {
        CounterRandom random = new CounterRandom(seed).Stream("pool");
        int Pick(ulong index, int from, int to) => from + (int)random.Below(index, to - from + 1);
        (int height, int width) = (Pick(0, 1, 4), Pick(1, 1, 4));
        return new PoolGeometry((height, width))
        {
            Stride = (Pick(2, 1, 3), Pick(3, 1, 3)),
            Padding = new Padding(Pick(4, 0, height / 2), Pick(5, 0, width / 2), Pick(6, 0, height / 2), Pick(7, 0, width / 2)),
            Dilation = dilation ? (Pick(8, 1, 2), Pick(9, 1, 2)) : 1,
            CeilMode = Pick(10, 0, 1) == 1,
            CountIncludePad = Pick(11, 0, 1) == 1,
        };
    }

    private static (BlockedLayout From, BlockedLayout To) Layouts(MapCase map, PoolGeometry geometry, int lanes)
    {
        BlockedLayout from = map.InputLayout(lanes);
        FeatureMap output = geometry.Output(new FeatureMap(map.Channels, map.Height, map.Width));
        BlockedLayout to = map.OutputLayout(lanes) with { Height = output.Height, Width = output.Width };
        return (from, to);
    }
}
