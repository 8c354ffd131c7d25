using Espalier.Tensors;

namespace Espalier.Kernels.Tests;

public class PReluTests
{
    [Theory]
    [MemberData(nameof(MapCase.Lanes), MemberType = typeof(MapCase))]
    public void Function_and_gradients_agree_with_the_reference(int lanes)
    {
        foreach (MapCase map in MapCase.All)
        {
            (BlockedLayout from, BlockedLayout to) = (map.InputLayout(lanes), map.OutputLayout(lanes));
            FeatureMap shape = Maps.Plain(from);
            float[] plain = Maps.Random(map.Batch * shape.Length, map.Seed);
            float[] gradients = Maps.Random(plain.Length, map.Seed + 1);
            float[] slopes = Maps.Random(map.Channels, map.Seed + 2);
            double[] expected = new double[plain.Length];
            Reference.PRelu<double>(Maps.Doubles(plain), map.Batch, shape, Maps.Doubles(slopes), expected);
            (double[] inputGradient, double[] slopeGradient) = (new double[plain.Length], new double[map.Channels]);
            Reference.PReluGradient<double>(Maps.Doubles(plain), map.Batch, shape, Maps.Doubles(slopes), Maps.Doubles(gradients), inputGradient, slopeGradient);

            float[] padded = Maps.PerChannel(slopes, from);
            GuardedBuffer input = Maps.Block(plain, from, map.Batch);
            GuardedBuffer gradient = Maps.Block(gradients, to, map.Batch);
            KernelCheck.Maps(map.Name, to, map.Batch, expected, 1e-6, [input], (output, part, parts) =>
                ElementwiseKernel.PRelu(input.Span, from, padded, output, to, map.Batch, part, parts));
            KernelCheck.Maps(map.Name, from, map.Batch, inputGradient, 1e-6, [input, gradient], (target, part, parts) =>
                ElementwiseGradient.PRelu(gradient.Span, to, input.Span, from, padded, target, from, false, map.Batch, part, parts));
            double[] sums = new double[from.PaddedChannels];
            for (int part = 0; part < 3; part++)
            {
                PReluGradient.Slopes(input.Span, from, gradient.Span, to, sums, map.Batch, part, 3);
            }

            KernelCheck.AssertClose(map.Name, slopeGradient, [.. sums.Take(map.Channels).Select(sum => (float)sum)], 2e-6);
        }
    }
}
