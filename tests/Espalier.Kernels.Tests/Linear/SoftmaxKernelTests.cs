namespace Espalier.Kernels.Tests;

public class SoftmaxKernelTests
{
    [Theory]
    [MemberData(nameof(MapCase.Lanes), MemberType = typeof(MapCase))]
    public void Softmax_agrees_with_the_reference(int lanes)
    {
        foreach (MapCase map in MapCase.All)
        {
            (BlockedLayout from, BlockedLayout to) = (map.InputLayout(lanes), map.OutputLayout(lanes));
            float[] plain = Maps.Random(map.Batch * Maps.Plain(from).Length, map.Seed, -90, 90);
            var expected = new double[plain.Length];
            Reference.Softmax<double>(Maps.Doubles(plain), map.Batch, Maps.Plain(from), expected);
            GuardedBuffer input = Maps.Block(plain, from, map.Batch);
            KernelCheck.Maps(map.Name, to, map.Batch, expected, 1e-6, [input], (output, part, parts) =>
                SoftmaxKernel.Run(input.Span, from, output, to, map.Batch, part, parts));
            KernelCheck.InPlace(map.Name, from, map.Batch, expected, 1e-6, input, (output, part, parts) =>
                SoftmaxKernel.Run(output, from, output, from, map.Batch, part, parts));
        }
    }

    [Theory]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NaN)]
    public void An_infinite_logit_or_NaN_makes_all_probabilities_NaN(float logit)
    {
        var layout = new BlockedLayout(3, 1, 1, 4);
        float[] values = [1, logit, 2, 7];
        SoftmaxKernel.Run(values, layout, values, layout, 1, 0, 1);
        Assert.Equal([float.NaN, float.NaN, float.NaN, 0], values);
    }

    [Fact]
    public void Logits_beyond_the_range_of_the_exponential_work()
    {
        var layout = new BlockedLayout(3, 1, 1, 4);
        float[] values = [1e38f, float.NegativeInfinity, 1e38f, 0];
        SoftmaxKernel.Run(values, layout, values, layout, 1, 0, 1);
        Assert.Equal([0.5f, 0, 0.5f, 0], values);
    }
}
