using Espalier.Tensors;

namespace Espalier.Kernels.Tests;

/// <summary>The definitions of 8-bit operations against those of real numbers: exact where they are, within half a step where they round.</summary>
public sealed class ReferenceIntegerTests
{
    private const float A = 0.031f, B = 0.05f, Y = 0.083f;
    private const double HalfStep = 0.5 + 1e-5;
    private static readonly FeatureMap Shape = new(5, 7, 6);

    [Fact]
    public void Sums_of_convolutions_are_exact()
    {
        for (ulong seed = 0; seed < 40; seed++)
        {
            IntegerCase shape = IntegerCase.Random(seed);
            double[] input = [.. shape.Input().Select(x => (double)x - shape.InputZeroPoint)];
            double[] weights = [.. shape.Weights().Select(w => (double)w)], bias = [.. shape.Bias().Select(b => (double)b)];
            var expected = new double[shape.Batch * shape.OutputShape.Length];
            Reference.Conv2d<double>(input, shape.Batch, shape.InputShape, weights, bias, shape.Outputs, shape.Geometry, expected);
            Assert.Equal(expected, shape.ExpectedSums().Select(sum => (double)sum));
        }
    }

    [Fact]
    public void A_linear_layer_is_its_products()
    {
        var sums = new int[4];
        Reference.IntegerLinear([1, 2, 3, 255, 0, 7], 2, 3, 5, [1, -2, 127, -127, 0, 1], [10, -10], 2, sums);
        Assert.Equal([10 - 4 + 6 - 254, -10 + 508 - 2, 10 + 250 + 10 + 254, -10 - 31750 + 2], sums);
    }

    [Fact]
    public void Sums_that_may_not_fit_are_refused()
    {
        var weights = new sbyte[66312];
        Array.Fill(weights, (sbyte)127);
        string message = Assert.Throws<ArgumentException>(() => AccumulatorRange.Require(weights, [], 0, 1)).Message;
        Assert.StartsWith("the sums of output channel 0 reach from 0 to 2147514120, and int32 only", message, StringComparison.Ordinal);
        AccumulatorRange.Require(weights.AsSpan(1), [], 0, 1);
        AccumulatorRange.Require(weights, [], 128, 1);
        Assert.Throws<ArgumentException>(() => AccumulatorRange.Require([1, 1], [0, int.MaxValue], 0, 2));
    }

    [Fact]
    public void Max_pool_is_that_of_real_numbers()
    {
        var geometry = new PoolGeometry(3) { Stride = 2, Padding = 1 };
        byte[] input = Bytes("max", 2 * Shape.Length);
        var output = new byte[2 * geometry.Output(Shape).Length];
        Reference.IntegerMaxPool(input, 2, Shape, geometry, output);
        var expected = new double[output.Length];
        Reference.MaxPool<double>([.. input.Select(x => (double)x)], 2, Shape, geometry, expected);
        Assert.Equal(expected, output.Select(x => (double)x));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(false, true)]
    public void Average_pool_is_within_half_a_step(bool countIncludePad, bool ceil)
    {
        var geometry = new PoolGeometry(3) { Stride = 2, Padding = 1, CountIncludePad = countIncludePad, CeilMode = ceil };
        byte[] input = Bytes("average", 2 * Shape.Length);
        var output = new byte[2 * geometry.Output(Shape).Length];
        var expected = new double[output.Length];
        Reference.IntegerAveragePool(input, 2, Shape, geometry, 100, A, Y, Requantization.To(Y, 120), output);
        Reference.AveragePool<double>([.. input.Select(x => (x - 100) * (double)A)], 2, Shape, geometry, expected);
        AssertClose(expected, output, 120);
    }

    [Fact]
    public void Global_average_pool_is_within_half_a_step()
    {
        byte[] input = Bytes("global", 2 * Shape.Length);
        var output = new byte[2 * Shape.Channels * 6];
        var expected = new double[output.Length];
        Reference.IntegerAdaptiveAveragePool(input, 2, Shape, (2, 3), 100, A, Y, Requantization.To(Y, 120), output);
        Reference.AdaptiveAveragePool<double>([.. input.Select(x => (x - 100) * (double)A)], 2, Shape, 2, 3, expected);
        AssertClose(expected, output, 120);
    }

    [Fact]
    public void Addition_is_within_half_a_step()
    {
        byte[] a = Bytes("a", 10_000), b = Bytes("b", 10_000), output = new byte[10_000];
        var addition = new IntegerAddition(100, Requantization.Multiplier(A, Y), 140, Requantization.Multiplier(B, Y), Requantization.To(Y, 30, 0, 15));
        Reference.IntegerAdd(a, b, addition, output);
        AssertClose(a.Zip(b, (x, y) => Math.Clamp(((x - 100) * (double)A) + ((y - 140) * (double)B), 0, 15)), output, 30);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Multiplication_is_within_half_a_step(bool perChannel)
    {
        byte[] a = Bytes("a", 2 * Shape.Length), b = Bytes("b", perChannel ? 2 * Shape.Channels : a.Length), output = new byte[a.Length];
        Reference.IntegerMultiply(a, 100, b, 140, 2, Shape, Requantization.Multiplier(A, B, Y), Requantization.To(Y, 120), output);
        AssertClose(a.Select((x, i) => (x - 100) * (double)A * ((b[perChannel ? i / Shape.Pixels : i] - 140) * (double)B)), output, 120);
    }

    [Fact]
    public void Scale_and_shift_are_within_half_a_step()
    {
        byte[] input = Bytes("a", 2 * Shape.Length), output = new byte[input.Length];
        float[] scales = [1, -2, 0.5f, 0, 3], shifts = [0, 1, -1, 2, -3];
        Reference.IntegerScaleShift(
            input, 100, 2, Shape, [.. scales.Select(s => (float)((double)A * s / Y))], [.. shifts.Select(s => (float)(s / (double)Y))], Requantization.To(Y, 120), output);
        AssertClose(input.Select((x, i) => ((x - 100) * (double)A * scales[i / Shape.Pixels % 5]) + shifts[i / Shape.Pixels % 5]), output, 120);
    }

    [Fact]
    public void A_table_rescales()
    {
        byte[] input = [.. Enumerable.Range(0, 256).Select(i => (byte)i)], output = new byte[256];
        Reference.IntegerLookUp(input, IntegerTable.Rescale(100, Requantization.Multiplier(B, Y), Requantization.To(Y, 120)), output);
        AssertClose(input.Select(x => (x - 100) * (double)B), output, 120);
    }

    [Fact]
    public void Quantizing_inverts_dequantizing()
    {
        byte[] input = [.. Enumerable.Range(0, 256).Select(i => (byte)i)], output = new byte[256];
        var values = new float[256];
        Reference.Dequantize(input, A, 77, values);
        Reference.Quantize(values, A, Requantization.To(A, 77), output);
        Assert.Equal(input, output);
        Reference.Quantize([float.NaN, float.PositiveInfinity, float.NegativeInfinity, -1e30f], A, Requantization.To(A, 77), output.AsSpan(0, 4));
        Assert.Equal([77, 255, 0, 0], output[..4]);
    }

    /// <summary>Each output is the number of 8 bits that is closest, but for float32's roundings.</summary>
    private static void AssertClose(IEnumerable<double> expected, byte[] actual, int zeroPoint)
    {
        int i = 0;
        foreach (double value in expected)
        {
            double steps = Math.Clamp(value / Y, -zeroPoint, 255 - zeroPoint);
            Assert.InRange(actual[i++] - zeroPoint - steps, -HalfStep, HalfStep);
        }

        Assert.Equal(actual.Length, i);
        Assert.True(actual.Distinct().Count() > 20);
    }

    private static byte[] Bytes(string stream, int count)
    {
        CounterRandom random = new CounterRandom(5).Stream(stream);
        return [.. Enumerable.Range(0, count).Select(i => (byte)random.Below((ulong)i, 256))];
    }
}
