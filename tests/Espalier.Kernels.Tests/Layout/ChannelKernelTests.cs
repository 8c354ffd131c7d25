using Espalier.Tensors;

namespace Espalier.Kernels.Tests;

public class ChannelKernelTests
{
    [Theory]
    [MemberData(nameof(MapCase.Lanes), MemberType = typeof(MapCase))]
    public void Slices_agree_with_the_reference(int lanes)
    {
        foreach (MapCase map in MapCase.All)
        {
            foreach ((int start, int count) in new[] { (0, map.Channels), (map.Channels / 2, map.Channels - (map.Channels / 2)), (map.Channels - 1, 1), (0, 1) })
            {
                CheckGather($"{map.Name}, {count} from {start}", map, lanes, [.. Enumerable.Range(start, count)], (input, shape, output) =>
                    Reference.ChannelSlice<double>(input, map.Batch, shape, start, count, output));
            }
        }
    }

    [Theory]
    [MemberData(nameof(MapCase.Lanes), MemberType = typeof(MapCase))]
    public void Shuffles_agree_with_the_reference(int lanes)
    {
        foreach (MapCase map in MapCase.All)
        {
            foreach (int groups in Enumerable.Range(1, map.Channels).Where(groups => map.Channels % groups == 0))
            {
                int[] sources = [.. Enumerable.Range(0, map.Channels).Select(c => (c % groups * (map.Channels / groups)) + (c / groups))];
                CheckGather($"{map.Name}, {groups} groups", map, lanes, sources, (input, shape, output) =>
                    Reference.ChannelShuffle<double>(input, map.Batch, shape, groups, output));
            }
        }
    }

    [Theory]
    [MemberData(nameof(MapCase.Lanes), MemberType = typeof(MapCase))]
    public void Channels_of_zeros_agree_with_the_reference(int lanes)
    {
        foreach (MapCase map in MapCase.All)
        {
            foreach ((int before, int after) in new[] { (1, 0), (8, 8), (16, 3), (0, 0), (5, 17) })
            {
                int[] sources =
                [
                    .. Enumerable.Repeat(ChannelKernel.Zero, before), .. Enumerable.Range(0, map.Channels), .. Enumerable.Repeat(ChannelKernel.Zero, after),
                ];
                CheckGather($"{map.Name}, {before} before and {after} after", map, lanes, sources, (input, shape, output) =>
                    Reference.PadChannels<double>(input, map.Batch, shape, before, after, output));
            }
        }
    }

    [Theory]
    [MemberData(nameof(MapCase.Lanes), MemberType = typeof(MapCase))]
    public void A_concat_is_one_gather_for_each_input_and_leaves_no_lane_undefined(int lanes)
    {
        foreach (MapCase map in MapCase.All)
        {
            foreach (int[] counts in new int[][] { [16, 16], [32, 16, 48], [1, 2, 3], [15, 17, 1], [3], [64, 33] })
            {
                int channels = counts.Sum();
                BlockedLayout layout = map.OutputLayout(lanes) with { Channels = channels };
                var expected = new double[map.Batch * Maps.Plain(layout).Length];
                var inputs = new List<(GuardedBuffer Map, BlockedLayout Layout, int First)>();
                int first = 0;
                foreach (int count in counts)
                {
                    BlockedLayout from = map.InputLayout(lanes) with { Channels = count };
                    float[] plain = Maps.Random(map.Batch * Maps.Plain(from).Length, map.Seed + (ulong)first);
                    Reference.Concat<double>(Maps.Doubles(plain), map.Batch, Maps.Plain(from), first, channels, expected);
                    inputs.Add((Maps.Block(plain, from, map.Batch), from, first));
                    first += count;
                }

                KernelCheck.Maps($"{map.Name}, {string.Join('+', counts)}", layout, map.Batch, expected, 0, [.. inputs.Select(i => i.Map)], (output, part, parts) =>
                {
                    foreach ((GuardedBuffer input, BlockedLayout from, int start) in inputs)
                    {
                        int[] sources = [.. Enumerable.Range(0, from.Channels)];
                        ChannelKernel.Gather(input.Span, from, sources, start, output, layout, map.Batch, part, parts);
                    }
                });
            }
        }
    }

    [Theory]
    [MemberData(nameof(MapCase.Lanes), MemberType = typeof(MapCase))]
    public void Any_list_of_channels_can_be_gathered(int lanes)
    {
        foreach (MapCase map in MapCase.All)
        {
            CounterRandom random = new CounterRandom(map.Seed).Stream("channels");
            int count = 1 + (int)random.Below(0, 50);
            int[] sources = [.. Enumerable.Range(1, count).Select(i => (int)random.Below((ulong)i, map.Channels + 1) - 1)];
            CheckGather($"{map.Name}, {string.Join(',', sources)}", map, lanes, sources, (input, shape, output) =>
            {
                for (int i = 0; i < output.Length; i++)
                {
                    (int n, int c, int pixel) = (i / shape.Pixels / count, i / shape.Pixels % count, i % shape.Pixels);
                    output[i] = sources[c] < 0 ? 0 : input[(((n * shape.Channels) + sources[c]) * shape.Pixels) + pixel];
                }
            });
        }
    }

    [Fact]
    public void Channels_that_do_not_exist_are_refused()
    {
        var layout = new BlockedLayout(3, 1, 1, 4);
        Assert.Throws<ArgumentException>(() => ChannelKernel.Gather(new float[4], layout, [3], 0, new float[4], layout, 1, 0, 1));
        Assert.Throws<ArgumentException>(() => ChannelKernel.Gather(new float[4], layout, [-2], 0, new float[4], layout, 1, 0, 1));
        Assert.Throws<ArgumentException>(() => ChannelKernel.Gather(new float[4], layout, [0, 1], 2, new float[4], layout, 1, 0, 1));
    }

    private delegate void Definition(ReadOnlySpan<double> input, FeatureMap shape, Span<double> output);

    private static void CheckGather(string what, MapCase map, int lanes, int[] sources, Definition definition)
    {
        BlockedLayout from = map.InputLayout(lanes);
        BlockedLayout to = map.OutputLayout(lanes) with { Channels = sources.Length };
        float[] plain = Maps.Random(map.Batch * Maps.Plain(from).Length, map.Seed);
        var expected = new double[map.Batch * Maps.Plain(to).Length];
        definition(Maps.Doubles(plain), Maps.Plain(from), expected);
        GuardedBuffer input = Maps.Block(plain, from, map.Batch);
        KernelCheck.Maps(what, to, map.Batch, expected, 0, [input], (output, part, parts) =>
            ChannelKernel.Gather(input.Span, from, sources, 0, output, to, map.Batch, part, parts));
    }
}
