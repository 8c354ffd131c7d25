using Espalier.Tensors;

namespace Espalier.Kernels.Tests;

public class EdgePadKernelTests
{
    [Theory]
    [MemberData(nameof(MapCase.Lanes), MemberType = typeof(MapCase))]
    public void Padding_agrees_with_the_reference(int lanes) => Each(lanes, (what, map, mode, padding, inner, outer) =>
    {
        float[] plain = Maps.Random(map.Batch * Maps.Plain(inner).Length, map.Seed);
        var expected = new double[map.Batch * Maps.Plain(outer).Length];
        Reference.EdgePad<double>(Maps.Doubles(plain), map.Batch, Maps.Plain(inner), mode, padding, expected);
        GuardedBuffer input = Maps.Block(plain, inner, map.Batch);
        KernelCheck.Maps(what, outer, map.Batch, expected, 0, [input], (output, part, parts) => EdgePadKernel.Run(input.Span, inner, mode, padding, output, outer, map.Batch, part, parts));
    });

    [Theory]
    [MemberData(nameof(MapCase.Lanes), MemberType = typeof(MapCase))]
    public void The_gradient_agrees_with_the_reference_and_adds_where_it_is_told_to(int lanes) => Each(lanes, (what, map, mode, padding, inner, outer) =>
    {
        float[] plain = Maps.Random(map.Batch * Maps.Plain(outer).Length, map.Seed);
        float[] before = Maps.Random(map.Batch * Maps.Plain(inner).Length, map.Seed + 1);
        double[] sum = Maps.Doubles(before);
        Reference.EdgePadGradient<double>(Maps.Doubles(plain), map.Batch, Maps.Plain(inner), mode, padding, sum);
        double[] alone = new double[sum.Length];
        Reference.EdgePadGradient<double>(Maps.Doubles(plain), map.Batch, Maps.Plain(inner), mode, padding, alone);
        GuardedBuffer gradient = Maps.Block(plain, outer, map.Batch);
        KernelCheck.Maps(what, inner, map.Batch, alone, 1e-6, [gradient], (target, part, parts) =>
            EdgePadKernel.Gradient(gradient.Span, outer, mode, padding, target, inner, false, map.Batch, part, parts));
        KernelCheck.InPlace(what, inner, map.Batch, sum, 1e-6, Maps.Block(before, inner, map.Batch), (target, part, parts) =>
            EdgePadKernel.Gradient(gradient.Span, outer, mode, padding, target, inner, true, map.Batch, part, parts));
    });

    [Fact]
    public void Constant_padding_is_refused()
    {
        var layout = new BlockedLayout(4, 1, 1, 4);
        Assert.Throws<ArgumentException>(() => EdgePadKernel.Run(new float[4], layout, PaddingMode.Constant, 0, new float[4], layout, 1, 0, 1));
    }

    private static void Each(int lanes, Action<string, MapCase, PaddingMode, Padding, BlockedLayout, BlockedLayout> check)
    {
        foreach (MapCase map in MapCase.All)
        {
            foreach (PaddingMode mode in new[] { PaddingMode.Reflect, PaddingMode.Replicate })
            {
                int Most(int wish, int extent) => mode == PaddingMode.Reflect ? Math.Min(wish, extent - 1) : wish;
                var padding = new Padding(Most(map.Batch - 1, map.Height), Most(map.Width % 4, map.Width), Most(Math.Min(3, map.Height), map.Height), Most(2, map.Width));
                BlockedLayout inner = map.InputLayout(lanes);
                BlockedLayout outer = map.OutputLayout(lanes) with { Height = map.Height + padding.Vertical, Width = map.Width + padding.Horizontal };
                check($"{map.Name}, {mode} by {padding}", map, mode, padding, inner, outer);
            }
        }
    }
}
