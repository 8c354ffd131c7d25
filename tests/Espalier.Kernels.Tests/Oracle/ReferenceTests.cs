namespace Espalier.Kernels.Tests;

public class ReferenceTests
{
    // Operations that add up many terms: where these cancel, an error is as large as the terms' (which are about 1), not as the sum's.
    private static readonly HashSet<string> Sums =
        ["conv2d", "linear", "batch_norm", "group_norm", "layer_norm", "average_pool", "adaptive_average_pool", "add", "blur_pool", "channel_conv1d",
         "gelu", "gelu_tanh", "elu", "selu"]; // PyTorch's GELUs add 1 and erf or tanh, which cancel left of zero; its ELUs subtract 1 from the exponential

    [Theory]
    [MemberData(nameof(OpFixture.Files), MemberType = typeof(OpFixture))]
    public void In_double_every_operation_gives_PyTorchs_answer(string file)
    {
        foreach (OpFixture fixture in OpFixture.Read(file))
        {
            double[] actual = ReferenceRunner<double>.Run(fixture);
            AssertClose(fixture, fixture.Expected, actual, 1e-12);
        }
    }

    [Theory]
    [MemberData(nameof(OpFixture.Files), MemberType = typeof(OpFixture))]
    public void In_float_every_operation_gives_PyTorchs_answer(string file)
    {
        foreach (OpFixture fixture in OpFixture.Read(file))
        {
            double[] actual = [.. ReferenceRunner<float>.Run(fixture).Select(value => (double)value)];
            double[] expected = [.. fixture.Expected.Select(value => (double)(float)value)];
            for (int i = 0; i < expected.Length; i++)
            {
                // PyTorch's hard-swish in float, too, overflows before it divides by 6.
                expected[i] = fixture.Op == "hard_swish" && expected[i] > float.MaxValue / 6 ? double.PositiveInfinity : expected[i];
            }

            AssertClose(fixture, expected, actual, 1e-5);
        }
    }

    [Fact]
    public void Every_kind_of_operation_has_fixtures()
    {
        string[] found = [.. OpFixture.Files.SelectMany(file => OpFixture.Read(file.Data)).Select(fixture => fixture.Op).Distinct().Order(StringComparer.Ordinal)];
        Assert.Equal(
            [
                "adaptive_average_pool", "adaptive_max_pool", "add", "affine", "average_pool", "batch_norm", "blur_pool", "channel_conv1d", "channel_shuffle", "channel_slice", "concat",
                "conv2d", "elu", "flatten", "gelu", "gelu_tanh", "group_norm", "hard_sigmoid", "hard_swish", "hard_tanh", "layer_norm", "leaky_relu", "linear", "local_response_norm",
                "max_pool", "mish", "multiply", "pad", "pad_channels", "prelu", "quantize", "radix_softmax", "relu", "relu6", "selu", "sigmoid", "silu", "softmax", "tanh",
            ],
            found);
    }

    [Fact]
    public void A_shortcut_with_factor_zero_is_no_part_of_the_sum()
    {
        double[] output = new double[2];
        Reference.WeightedSum<double>([double.NaN, double.PositiveInfinity], 0, [1, 2], 0.5, output);
        Assert.Equal([0.5, 1], output);
        Reference.WeightedSum<double>([4, 8], 0.25, [1, 2], 0.5, output);
        Assert.Equal([1.5, 3], output);
    }

    private static void AssertClose(OpFixture fixture, double[] expected, double[] actual, double tolerance)
    {
        double absolute = Sums.Contains(fixture.Op) ? tolerance : 0;
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            bool same = double.IsFinite(expected[i])
                ? Math.Abs(actual[i] - expected[i]) <= (tolerance * Math.Abs(expected[i])) + absolute
                : expected[i].Equals(actual[i]);
            Assert.True(same, $"{fixture.Name}: element {i} is {actual[i]:R}, PyTorch has {expected[i]:R}");
        }
    }
}
