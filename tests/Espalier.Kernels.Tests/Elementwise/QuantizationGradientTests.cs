namespace Espalier.Kernels.Tests;

/// <summary>The gradient of the scale of a rounding, for every vector width and awkward shapes.</summary>
public sealed class QuantizationGradientTests
{
    private const float Scale = 1f / 128; // its quotients are exact, so that float32 and double round the same numbers
    private const double Tolerance = 1e-6;

    [Theory]
    [MemberData(nameof(MapCase.Lanes), MemberType = typeof(MapCase))]
    public void It_is_the_reference_for_each_image_with_the_same_bits_for_any_number_of_parts(int lanes)
    {
        foreach (MapCase map in MapCase.All)
        {
            byte zeroPoint = (byte)(map.Seed * 37 % 256);
            (BlockedLayout from, BlockedLayout to) = (map.InputLayout(lanes), map.OutputLayout(lanes));
            int each = Maps.Plain(from).Length;
            float[] plain = Maps.Random(map.Batch * each, map.Seed), gradients = Maps.Random(plain.Length, map.Seed + 1);
            (GuardedBuffer input, GuardedBuffer gradient) = (Maps.Block(plain, from, map.Batch), Maps.Block(gradients, to, map.Batch));

            double[] Run(int parts)
            {
                double[] sums = [.. Enumerable.Repeat(double.NaN, map.Batch)];
                for (int part = parts - 1; part >= 0; part--)
                {
                    QuantizationGradient.Scale(input.Span, from, gradient.Span, to, Scale, zeroPoint, sums, part, parts);
                }

                return sums;
            }

            double[] found = Run(1);
            for (int image = 0; image < map.Batch; image++)
            {
                (double[] x, double[] g) = (Maps.Doubles(plain.Skip(image * each).Take(each)), Maps.Doubles(gradients.Skip(image * each).Take(each)));
                double expected = Reference.QuantizeScaleGradient<double>(x, Scale, zeroPoint, g);
                double terms = x.Zip(g, (value, factor) => Math.Abs(Reference.QuantizeScaleGradient<double>([value], Scale, zeroPoint, [factor]))).Sum();
                Assert.True(Math.Abs(expected - found[image]) <= Tolerance * terms, $"{map.Name}, image {image}: {found[image]}, expected {expected}");
            }

            Assert.All([2, 3, 7], parts => Assert.Equal(found, Run(parts)));
        }
    }

    [Fact]
    public void Values_beyond_the_range_count_with_the_limit_however_far_they_lie()
    {
        var layout = new BlockedLayout(4, 1, 1, InstructionSet.All[^1].Lanes);
        float[] input = new float[layout.Length], gradient = new float[layout.Length];
        float[] values = [1e30f, -1e30f, float.PositiveInfinity, -Scale * 100.4f];
        values.CopyTo(input, 0);
        gradient.AsSpan(0, 4).Fill(1);
        double[] sums = new double[1];
        QuantizationGradient.Scale(input, layout, gradient, layout, Scale, 100, sums, 0, 1);

        Assert.Equal(155 - 100 + 155 + 0.4, sums[0], 4);
    }
}
