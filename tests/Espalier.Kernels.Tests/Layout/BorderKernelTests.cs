using Espalier.Tensors;

namespace Espalier.Kernels.Tests;

public class BorderKernelTests
{
    [Theory]
    [MemberData(nameof(MapCase.Lanes), MemberType = typeof(MapCase))]
    public void Clear_makes_all_of_the_border_zero_and_leaves_the_map_alone(int lanes)
    {
        foreach (MapCase map in MapCase.All)
        {
            BlockedLayout layout = map.OutputLayout(lanes);
            BlockedLayout whole = WithBorderAsMap(layout, layout.Border);
            float[] plain = Maps.Random(map.Batch * Maps.Plain(layout).Length, map.Seed);
            double[] expected = Padded(plain, layout, map.Batch, layout.Border, new float[layout.Channels]);
            KernelCheck.InPlace(map.Name, whole, map.Batch, expected, 0, Maps.Block(plain, layout, map.Batch), (output, part, parts) =>
                BorderKernel.Clear(output, layout, map.Batch, part, parts));
        }
    }

    [Theory]
    [MemberData(nameof(MapCase.Lanes), MemberType = typeof(MapCase))]
    public void Fill_gives_each_channel_its_value_within_the_ring_and_leaves_the_rest_of_the_border_alone(int lanes)
    {
        foreach (MapCase map in MapCase.All)
        {
            BlockedLayout layout = map.OutputLayout(lanes);
            var ring = new Padding(layout.Border.Top / 2, layout.Border.Left, layout.Border.Bottom, layout.Border.Right / 2);
            float[] values = Maps.Random(layout.Channels, map.Seed + 1);
            float[] plain = Maps.Random(map.Batch * Maps.Plain(layout).Length, map.Seed);
            double[] expected = Padded(plain, layout, map.Batch, ring, values);
            KernelCheck.InPlace(
                map.Name, WithBorderAsMap(layout, ring), map.Batch, expected, 0, Maps.Block(plain, layout, map.Batch),
                (output, part, parts) => BorderKernel.Fill(output, layout, ring, Maps.PerChannel(values, layout), map.Batch, part, parts));
        }
    }

    [Theory]
    [MemberData(nameof(MapCase.Lanes), MemberType = typeof(MapCase))]
    public void Pad_agrees_with_the_reference(int lanes)
    {
        foreach (MapCase map in MapCase.All)
        {
            BlockedLayout input = map.InputLayout(lanes);
            var padding = new Padding(map.Batch - 1, map.Height % 3, map.Width % 2, 2);
            BlockedLayout output = WithBorderAsMap(input with { Border = padding }, padding) with { Border = map.Output };
            float[] values = Maps.Random(input.Channels, map.Seed + 1);
            float[] plain = Maps.Random(map.Batch * Maps.Plain(input).Length, map.Seed);
            GuardedBuffer blocked = Maps.Block(plain, input, map.Batch);
            KernelCheck.Maps(map.Name, output, map.Batch, Padded(plain, input, map.Batch, padding, values), 0, [blocked], (to, part, parts) =>
                BorderKernel.Pad(blocked.Span, input, to, output, padding, Maps.PerChannel(values, input), map.Batch, part, parts));
        }
    }

    [Fact]
    public void A_ring_wider_than_the_border_is_refused()
    {
        var layout = new BlockedLayout(4, 1, 1, 4, new Padding(1, 1, 1, 1));
        Assert.Throws<ArgumentException>(() => BorderKernel.Fill(new float[layout.Length], layout, new Padding(2, 1, 1, 1), default, 1, 0, 1));
    }

    private static double[] Padded(float[] plain, BlockedLayout layout, int batch, Padding padding, float[] values)
    {
        var output = new double[batch * Maps.Plain(WithBorderAsMap(layout with { Border = padding }, padding)).Length];
        Reference.Pad<double>(Maps.Doubles(plain), batch, Maps.Plain(layout), padding, Maps.Doubles(values), output);
        return output;
    }

    // The same memory with the inner part of the border counted as map.
    private static BlockedLayout WithBorderAsMap(BlockedLayout layout, Padding ring)
    {
        Padding border = layout.Border;
        return layout with
        {
            Height = ring.Top + layout.Height + ring.Bottom,
            Width = ring.Left + layout.Width + ring.Right,
            Border = new Padding(border.Top - ring.Top, border.Left - ring.Left, border.Bottom - ring.Bottom, border.Right - ring.Right),
        };
    }
}
