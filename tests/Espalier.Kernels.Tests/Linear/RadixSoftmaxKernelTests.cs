using Espalier.Tensors;

namespace Espalier.Kernels.Tests;

public class RadixSoftmaxKernelTests
{
    [Theory]
    [MemberData(nameof(MapCase.Lanes), MemberType = typeof(MapCase))]
    public void Softmax_and_gradient_agree_with_the_reference(int lanes)
    {
        foreach (MapCase map in MapCase.All)
        {
            foreach (int radix in new[] { 1, 2, 3, 4 }.Where(radix => map.Channels % radix == 0))
            {
                string what = $"{map.Name}, radix {radix}";
                (BlockedLayout from, BlockedLayout to) = (map.InputLayout(lanes), map.OutputLayout(lanes));
                FeatureMap shape = Maps.Plain(from);
                float[] plain = Maps.Random(map.Batch * shape.Length, map.Seed, -90, 90);
                double[] expected = new double[plain.Length];
                Reference.RadixSoftmax<double>(Maps.Doubles(plain), map.Batch, shape, radix, expected);
                GuardedBuffer input = Maps.Block(plain, from, map.Batch);
                KernelCheck.Maps(what, to, map.Batch, expected, 1e-6, [input], (output, part, parts) => RadixSoftmaxKernel.Run(input.Span, from, radix, output, to, map.Batch, part, parts));
                KernelCheck.InPlace(what, from, map.Batch, expected, 1e-6, input, (output, part, parts) =>
                    RadixSoftmaxKernel.Run(output, from, radix, output, from, map.Batch, part, parts));

                float[] gradients = Maps.Random(plain.Length, map.Seed + 1);
                float[] softmax = [.. expected.Select(value => (float)value)];
                double[] sum = Maps.Doubles(plain);
                Reference.RadixSoftmaxGradient<double>(Maps.Doubles(softmax), map.Batch, shape, radix, Maps.Doubles(gradients), sum);
                (GuardedBuffer gradient, GuardedBuffer result) = (Maps.Block(gradients, from, map.Batch), Maps.Block(softmax, to, map.Batch));
                KernelCheck.InPlace(what, from, map.Batch, sum, 1e-6, input, (target, part, parts) =>
                    RadixSoftmaxKernel.Gradient(result.Span, to, radix, gradient.Span, from, target, from, true, map.Batch, part, parts));
            }
        }
    }

    [Fact]
    public void NaN_and_infinity_stay_in_their_place_of_the_groups()
    {
        var layout = new BlockedLayout(6, 1, 1, 4);
        float[] values = [1, float.NaN, float.PositiveInfinity, 1, 0, 5, 9, 9];
        RadixSoftmaxKernel.Run(values, layout, 2, values, layout, 1, 0, 1);
        Assert.Equal([0.5f, float.NaN, float.NaN, 0.5f, float.NaN, float.NaN, 0, 0], values);
    }
}
