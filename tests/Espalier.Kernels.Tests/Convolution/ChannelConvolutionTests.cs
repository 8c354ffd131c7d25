namespace Espalier.Kernels.Tests;

public class ChannelConvolutionTests
{
    [Theory]
    [MemberData(nameof(MapCase.Lanes), MemberType = typeof(MapCase))]
    public void Convolution_and_gradients_agree_with_the_reference(int lanes)
    {
        foreach (MapCase map in MapCase.All)
        {
            foreach (int kernel in new[] { 1, 3, 5, 9 })
            {
                string what = $"{map.Name}, kernel {kernel}";
                (BlockedLayout from, BlockedLayout to) = (map.InputLayout(lanes) with { Height = 1, Width = 1 }, map.OutputLayout(lanes) with { Height = 1, Width = 1 });
                float[] plain = Maps.Random(map.Batch * map.Channels, map.Seed);
                float[] gradients = Maps.Random(plain.Length, map.Seed + 1);
                float[] weights = Maps.Random(kernel, map.Seed + 2);
                double[] expected = new double[plain.Length];
                Reference.ChannelConv1d<double>(Maps.Doubles(plain), map.Batch, map.Channels, Maps.Doubles(weights), expected);
                (double[] inputGradient, double[] weightGradient) = (new double[plain.Length], new double[kernel]);
                Reference.ChannelConv1dGradient<double>(
                    Maps.Doubles(plain), map.Batch, map.Channels, Maps.Doubles(weights), Maps.Doubles(gradients), inputGradient, weightGradient);

                GuardedBuffer input = Maps.Block(plain, from, map.Batch);
                GuardedBuffer gradient = Maps.Block(gradients, to, map.Batch);
                KernelCheck.Maps(what, to, map.Batch, expected, 2e-6, [input], (output, part, parts) =>
                    ChannelConvolution.Run(input.Span, from, weights, output, to, false, map.Batch, part, parts));
                float[] reversed = [.. weights.Reverse()];
                double[] sum = [.. inputGradient.Zip(plain, (a, b) => a + b)];
                KernelCheck.InPlace(what, from, map.Batch, sum, 2e-6, input, (target, part, parts) =>
                    ChannelConvolution.Run(gradient.Span, to, reversed, target, from, true, map.Batch, part, parts));
                CheckWeights(what, input, from, gradient, to, map.Batch, weightGradient);
            }
        }
    }

    [Fact]
    public void More_than_one_pixel_and_even_kernels_are_refused()
    {
        var layout = new BlockedLayout(4, 1, 2, 4);
        Assert.Throws<ArgumentException>(() => ChannelConvolution.Run(new float[8], layout, new float[3], new float[8], layout, false, 1, 0, 1));
        Assert.Throws<ArgumentException>(() => ChannelConvolution.Run(new float[4], layout with { Width = 1 }, new float[2], new float[4], layout with { Width = 1 }, false, 1, 0, 1));
    }

    private static void CheckWeights(string what, GuardedBuffer input, BlockedLayout from, GuardedBuffer gradient, BlockedLayout to, int batch, double[] expected)
    {
        float[] alone = new float[expected.Length];
        float[] added = [.. expected.Select(_ => 1f)];
        for (int part = 0; part < 3; part++)
        {
            ChannelConvolution.WeightGradient(input.Span, from, gradient.Span, to, alone, false, batch, part, 3);
            ChannelConvolution.WeightGradient(input.Span, from, gradient.Span, to, added, true, batch, part, 3);
        }

        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(alone[i] - expected[i]) <= 1e-6 * (1 + Math.Abs(expected[i])), $"{what}: weight {i} has {alone[i]:R}, expected {expected[i]:R}");
            Assert.True(Math.Abs(added[i] - expected[i] - 1) <= 1e-6 * (2 + Math.Abs(expected[i])), $"{what}: weight {i} has {added[i]:R} after 1, expected {expected[i]:R} more");
        }
    }
}
