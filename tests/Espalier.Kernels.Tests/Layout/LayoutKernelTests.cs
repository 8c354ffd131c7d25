namespace Espalier.Kernels.Tests;

public class LayoutKernelTests
{
    [Theory]
    [MemberData(nameof(MapCase.Lanes), MemberType = typeof(MapCase))]
    public void Plain_to_blocked_puts_every_element_where_the_layout_says(int lanes)
    {
        foreach (MapCase map in MapCase.All)
        {
            BlockedLayout layout = map.OutputLayout(lanes);
            float[] plain = Maps.Random(map.Batch * Maps.Plain(layout).Length, map.Seed);
            KernelCheck.Maps(map.Name, layout, map.Batch, Maps.Doubles(plain), 0, [], (output, part, parts) =>
                LayoutKernel.ToBlocked(plain, output, layout, map.Batch, part, parts));
        }
    }

    [Theory]
    [MemberData(nameof(MapCase.Lanes), MemberType = typeof(MapCase))]
    public void Plain_to_blocked_clears_the_lanes_that_hold_no_channel(int lanes)
    {
        var layout = new BlockedLayout(1, 1, 2, lanes);
        var blocked = new float[layout.Length];
        Array.Fill(blocked, float.NaN);
        LayoutKernel.ToBlocked([5, 6], blocked, layout, 1, 0, 1);
        Assert.Equal(11, blocked.Sum());
    }

    [Theory]
    [MemberData(nameof(MapCase.Lanes), MemberType = typeof(MapCase))]
    public void Blocked_to_plain_gives_the_plain_images_back_for_any_split(int lanes)
    {
        foreach (MapCase map in MapCase.All)
        {
            BlockedLayout layout = map.InputLayout(lanes);
            float[] plain = Maps.Random(map.Batch * Maps.Plain(layout).Length, map.Seed);
            GuardedBuffer blocked = Maps.Block(plain, layout, map.Batch);
            foreach (int parts in new[] { 1, 2, 3, 7 })
            {
                var back = new GuardedBuffer(plain.Length);
                for (int part = 0; part < parts; part++)
                {
                    LayoutKernel.ToPlain(blocked.Span, layout, back.Span, map.Batch, part, parts);
                }

                back.AssertWallsStand(map.Name);
                Assert.True(back.Span.SequenceEqual(plain), $"{map.Name}, {parts} parts");
            }
        }
    }

    [Theory]
    [MemberData(nameof(MapCase.Lanes), MemberType = typeof(MapCase))]
    public void Flatten_gives_vectors_in_plain_order_padded_with_zeros(int lanes)
    {
        foreach (MapCase map in MapCase.All)
        {
            BlockedLayout layout = map.InputLayout(lanes);
            int features = Maps.Plain(layout).Length;
            var vector = new BlockedLayout(features, 1, 1, lanes);
            float[] plain = Maps.Random(map.Batch * features, map.Seed);
            GuardedBuffer input = Maps.Block(plain, layout, map.Batch);
            KernelCheck.Maps(map.Name, vector, map.Batch, Maps.Doubles(plain), 0, [input], (output, part, parts) =>
                LayoutKernel.Flatten(input.Span, layout, output, vector, map.Batch, part, parts));
        }
    }

    [Theory]
    [MemberData(nameof(MapCase.Lanes), MemberType = typeof(MapCase))]
    public void Copy_changes_the_border_and_nothing_else(int lanes)
    {
        foreach (MapCase map in MapCase.All)
        {
            BlockedLayout from = map.InputLayout(lanes);
            BlockedLayout to = map.OutputLayout(lanes);
            float[] plain = Maps.Random(map.Batch * Maps.Plain(from).Length, map.Seed);
            GuardedBuffer input = Maps.Block(plain, from, map.Batch);
            KernelCheck.Maps(map.Name, to, map.Batch, Maps.Doubles(plain), 0, [input], (output, part, parts) =>
                LayoutKernel.Copy(input.Span, from, output, to, map.Batch, part, parts));
        }
    }

    [Fact]
    public void Lengths_that_do_not_fit_the_layout_are_refused()
    {
        var layout = new BlockedLayout(3, 2, 2, 4);
        Assert.Throws<ArgumentException>(() => LayoutKernel.ToBlocked(new float[11], new float[16], layout, 1, 0, 1));
        Assert.Throws<ArgumentException>(() => LayoutKernel.ToBlocked(new float[12], new float[15], layout, 1, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => LayoutKernel.ToBlocked(new float[12], new float[16], layout, 1, 2, 2));
        Assert.Throws<ArgumentException>(() => LayoutKernel.ToPlain(new float[16], layout, new float[24], 2, 0, 1));
        Assert.Throws<ArgumentException>(() => LayoutKernel.Copy(new float[16], layout, new float[16], layout with { Height = 1, Width = 4 }, 1, 0, 1));
    }
}
