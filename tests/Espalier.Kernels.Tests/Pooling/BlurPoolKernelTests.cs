using Espalier.Tensors;

namespace Espalier.Kernels.Tests;

public class BlurPoolKernelTests
{
    [Theory]
    [MemberData(nameof(MapCase.Lanes), MemberType = typeof(MapCase))]
    public void Filter_and_gradient_agree_with_the_reference(int lanes)
    {
        foreach (MapCase small in MapCase.All)
        {
            MapCase map = small with { Height = small.Height + 1, Width = small.Width + 1 };
            BlockedLayout whole = map.InputLayout(lanes);
            BlockedLayout half = map.OutputLayout(lanes) with { Height = (map.Height + 1) / 2, Width = (map.Width + 1) / 2 };
            (FeatureMap shape, FeatureMap halved) = (Maps.Plain(whole), Maps.Plain(half));
            float[] plain = Maps.Random(map.Batch * shape.Length, map.Seed);
            double[] expected = new double[map.Batch * halved.Length];
            Reference.BlurPool<double>(Maps.Doubles(plain), map.Batch, shape, expected);
            GuardedBuffer input = Maps.Block(plain, whole, map.Batch);
            KernelCheck.Maps(map.Name, half, map.Batch, expected, 1e-6, [input], (output, part, parts) => BlurPoolKernel.Run(input.Span, whole, output, half, map.Batch, part, parts));

            float[] gradients = Maps.Random(expected.Length, map.Seed + 1);
            double[] alone = new double[plain.Length];
            Reference.BlurPoolGradient<double>(Maps.Doubles(gradients), map.Batch, shape, alone);
            double[] sum = [.. alone.Zip(plain, (a, b) => a + b)];
            GuardedBuffer gradient = Maps.Block(gradients, half, map.Batch);
            KernelCheck.Maps(map.Name, whole, map.Batch, alone, 1e-6, [gradient], (target, part, parts) => BlurPoolKernel.Gradient(gradient.Span, half, target, whole, false, map.Batch, part, parts));
            KernelCheck.InPlace(map.Name, whole, map.Batch, sum, 1e-6, input, (target, part, parts) => BlurPoolKernel.Gradient(gradient.Span, half, target, whole, true, map.Batch, part, parts));
        }
    }

    [Fact]
    public void A_map_of_one_row_is_refused()
    {
        var layout = new BlockedLayout(4, 1, 2, 4);
        Assert.Throws<ArgumentException>(() => BlurPoolKernel.Run(new float[8], layout, new float[4], layout with { Width = 1 }, 1, 0, 1));
    }
}
