namespace Espalier.Kernels.Tests;

public sealed class RequantizationTests
{
    [Theory]
    [InlineData(0.5f, 10)]
    [InlineData(1.5f, 12)]
    [InlineData(2.5f, 12)]
    [InlineData(-0.5f, 10)]
    [InlineData(-1.5f, 8)]
    [InlineData(1000f, 255)]
    [InlineData(-1000f, 0)]
    [InlineData(float.PositiveInfinity, 255)]
    public void Halves_go_to_the_even_number_before_the_zero_point_is_added(float value, byte expected) =>
        Assert.Equal(expected, Requantization.To(1, 10).Round(value));

    [Fact]
    public void A_clamp_is_in_units_of_the_output()
    {
        Requantization relu6 = Requantization.To(0.025f, 3, 0, 6);
        Assert.Equal((0f, (float)(6 / (double)0.025f)), (relu6.Low, relu6.High));
        Assert.Equal(3, relu6.Round(-17));
        Assert.Equal(243, relu6.Round(251));
        Assert.Equal(255, Requantization.To(0.01f, 3, 0, 6).Round(900));
        Assert.Equal(255, Requantization.To(0.01f, 3, 5, 6).Round(0)); // a clamp that begins beyond what 8 bits can say
    }

    [Fact]
    public void Multipliers_are_computed_in_double_and_rounded_once()
    {
        Assert.Equal((float)((double)0.1f * 0.003f / 0.7f), Requantization.Multiplier(0.1f, 0.003f, 0.7f));
        Assert.Equal((float)((double)0.1f / 0.7f), Requantization.Multiplier(0.1f, 0.7f));
        Assert.Equal((float)((double)0.1f / ((double)0.7f * 49)), Requantization.MeanMultiplier(0.1f, 0.7f, 49));
    }

    [Theory]
    [InlineData(0f, 0, "the scale 0 is not a positive number")]
    [InlineData(float.NaN, 0, "the scale NaN is not a positive number")]
    [InlineData(1f, 256, "the zero point 256 is no unsigned 8-bit number")]
    [InlineData(1f, -1, "the zero point -1 is no unsigned 8-bit number")]
    public void Nonsense_is_refused(float scale, int zeroPoint, string message) =>
        Assert.Equal(message, Assert.Throws<ArgumentException>(() => Requantization.To(scale, zeroPoint)).Message);

    [Fact]
    public void Empty_clamps_and_endless_multipliers_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Requantization.To(1, 0, 2, 1));
        Assert.Throws<ArgumentException>(() => Requantization.To(1, 0, float.NaN, 1));
        Assert.Throws<ArgumentException>(() => Requantization.Multiplier(3e38f, 3e38f, 1e-30f));
        Assert.Throws<ArgumentException>(() => Requantization.MeanMultiplier(1, 1, 0));
    }

    /// <summary>Rounding first is what two operations give, of which the second adds two maps.</summary>
    [Fact]
    public void Own_rounding_has_the_bits_of_a_convolution_and_then_a_sum()
    {
        (Requantization inner, Requantization outer) = (Requantization.To(0.05f, 31, -1, 6), Requantization.To(0.08f, 3, 0));
        var addition = new ResidualAddition(1.7f, 100) { Own = new OwnRounding(inner, 0.61f) };
        var sum = new IntegerAddition(inner.ZeroPoint, 0.61f, 100, 1.7f, outer);
        for (int residual = 0; residual < 256; residual++)
        {
            for (float value = -300; value < 300; value += 0.37f)
            {
                Assert.Equal(sum.Add(inner.Round(value), (byte)residual), outer.Round(addition.Add(value, (byte)residual)));
            }
        }
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public unsafe void Rows_of_every_width_have_the_same_bits(bool hasResidual, bool roundsFirst)
    {
        const int Pixels = 500, Channels = SumShape.Outputs;
        var random = new Espalier.Tensors.CounterRandom(7);
        var sums = new int[Pixels * Channels];
        var residual = new byte[sums.Length];
        for (int i = 0; i < sums.Length; i++)
        {
            int bits = i % 31;
            sums[i] = (int)random.Bits((ulong)i) >> bits;
            residual[i] = (byte)random.Bits((ulong)i + 100_000);
        }

        float[] multipliers = [.. Enumerable.Range(0, Channels).Select(i => MathF.Pow(10, -i * 0.5f) / 3)]; // from all clamped to none, halves among them
        multipliers[5] = 0.5f;
        var expected = new byte[sums.Length];
        Run(&RequantizedRow.Plain, expected);
        Assert.True(expected.Distinct().Count() > 100);
        var actual = new byte[sums.Length];
        Run(&RequantizedRow.Of128Bits, actual);
        Assert.Equal(expected, actual);
        Assert.SkipUnless(System.Runtime.Intrinsics.Vector512.IsHardwareAccelerated, "no vectors of 512 bits");
        Run(&RequantizedRow.Of512Bits, actual);
        Assert.Equal(expected, actual);

        void Run(delegate*<RowArguments*, void> rows, byte[] to)
        {
            fixed (int* sum = sums)
            fixed (float* multiplier = multipliers)
            fixed (byte* other = residual, output = to)
            {
                var row = new RowArguments
                {
                    Sums = sum,
                    SumStride = Channels,
                    Pixels = Pixels,
                    Multipliers = multiplier,
                    Residual = hasResidual ? other : null,
                    Output = output,
                    Addition = new ResidualAddition(1.5f, 100) { Own = roundsFirst ? new OwnRounding(Requantization.To(1, 99, -80, 120.5f), 0.7f) : null },
                    To = Requantization.To(1, 111, -90, 100.5f),
                };
                rows(&row);
            }
        }
    }
}
