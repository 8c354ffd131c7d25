using Espalier.Graphs;
using Espalier.Tensors;
using static Espalier.Execution.Tests.Quantization.QuantizedNets;

namespace Espalier.Execution.Tests.Quantization;

/// <summary>The meaning of quantized networks in integers, against numbers computed by hand.</summary>
public sealed class IntegerReferenceTests
{
    [Fact]
    public void A_rounding_of_floats_takes_ties_to_even_and_limits_to_eight_bits()
    {
        var net = new GraphBuilder();
        Model model = Model(net.Build(net.Input([8]).Quantize("q")), Scale("q", 0.5f), Zero("q", 3));

        Assert.Equal([0, 0, 1, 1, -1, -1.5f, 126, 0], Run(model, 0, 0.25f, 0.75f, 1.25f, -0.75f, -100, 1000, -0.1f));
        Assert.Equal(0u, BitConverter.SingleToUInt32Bits(Run(model, 0, 0, 0, 0, 0, 0, 0, -0.1f)[7])); // no negative zero
        Assert.Equal("'q' cannot round to 8 bits: a value of 'input' is NaN.", Assert.Throws<EspalierException>(() => Run(model, 0, 0, 0, float.NaN, 0, 0, 0, 0)).Message);
    }

    [Fact]
    public void A_layers_sums_are_scaled_limited_by_its_activation_and_rounded_half_to_even()
    {
        var net = new GraphBuilder();
        Value x = net.Input([2]).Quantize("q").Then("fc", new Linear(2, 4) { QuantizedWeights = true });
        Model model = Model(
            net.Build(x.Relu6("relu6").Quantize("y")),
            Scale("q", 0.5f), Zero("q", 128), Bytes("fc.weight", [4, 2], 1, 0, 3, 0, -5, 2, 127, 127), Floats("fc.weight_scale", 0.5f, 0.5f, 0.5f, 1), Floats("fc.bias", 0, 0.3f, 0, 0),
            Scale("y", 0.5f), Zero("y", 10));

        // Integers 1 and 4 (0.5 and 2). Products in units of 0.25: 1, 3 + round(0.3/0.25), −5 + 8, 635 in units of 0.5; the factors to units of 0.5 are 0.5, 0.5, 0.5, 1.
        // 0.5 → 0; 2 → 2; 1.5 → 2; 635 → 12 (6 is 12 units).
        Assert.Equal([0, 1, 1, 6], Run(model, 0.5f, 2));
        Assert.Equal([0, 0, 0, 0], Run(model, -0.5f, -2)); // −0.5, −1, −1.5 and −635 units are below 0
    }

    [Fact]
    public void Padding_is_the_zero_point()
    {
        var net = new GraphBuilder();
        Value x = net.Input(1, 1, 2).Quantize("q").Then("conv", new Conv2d(1, 1, (1, 3)) { Padding = (0, 1), QuantizedWeights = true });
        Model model = Model(
            net.Build(x.Quantize("y")), Scale("q", 1), Zero("q", 100), Bytes("conv.weight", [1, 1, 1, 3], 1, 10, 100), Floats("conv.weight_scale", 1), Scale("y", 4), Zero("y", 0));

        // 10·1 + 100·2 = 210 and 1·1 + 10·2 = 21, in units of 4: 52.5 → 52, 5.25 → 5.
        Assert.Equal([208, 20], Run(model, 1, 2));
    }

    [Fact]
    public void Operands_of_a_sum_are_scaled_one_by_one_and_added_in_float32()
    {
        var net = new GraphBuilder();
        Value input = net.Input([2]);
        Value a = input.Quantize("a"), b = input.Quantize("b");
        Model sum = Model(net.Build(a.Add("sum", b).Relu("relu").Quantize("y")), Scale("a", 0.1f), Zero("a", 0), Scale("b", 0.3f), Zero("b", 128), Scale("y", 0.7f), Zero("y", 5));
        float Expected(float x)
        {
            float first = MathF.Round(x / 0.1f) * (float)((double)0.1f / 0.7f), second = MathF.Round(x / 0.3f) * (float)((double)0.3f / 0.7f);
            return (float)(Math.Round(Math.Max(0, first + second)) * 0.7f);
        }

        Assert.Equal([Expected(1.23f), Expected(17.3f)], Run(sum, 1.23f, 17.3f));

        net = new GraphBuilder();
        Value q = net.Input([2]).Quantize("q");
        Value layer = q.Then("fc", new Linear(2, 2, Bias: false) { QuantizedWeights = true });
        Model fused = Model(net.Build(q.Add("sum", layer).Quantize("y")), Scale("q", 0.5f), Zero("q", 0), Bytes("fc.weight", [2, 2], 1, 1, 2, -1), Floats("fc.weight_scale", 0.25f, 0.5f), Scale("y", 0.25f), Zero("y", 128));

        // Integers 3 and 5: 6 + 0.5·8 = 10 and 10 + 1·1 = 11 units of 0.25.
        Assert.Equal([2.5f, 2.75f], Run(fused, 1.5f, 2.5f));
    }

    [Fact]
    public void Pools_concats_products_and_factors_have_one_multiplier_for_each_rounded_term()
    {
        var net = new GraphBuilder();
        Value x = net.Input(1, 2, 2).Quantize("q");
        Value pooled = x.AveragePool("pool", 2, 1, 1, countIncludePad: false).Quantize("p");
        Model pool = Model(net.Build(pooled), Scale("q", 1), Zero("q", 7), Scale("p", 0.5f), Zero("p", 3));

        // Means of 1, 2, 3, 6 in corners, edges and the middle: 1, 1.5, 2, 2, 3, 4, 3, 4.5, 6.
        Assert.Equal([1, 1.5f, 2, 2, 3, 4, 3, 4.5f, 6], Run(pool, 1, 2, 3, 6));

        net = new GraphBuilder();
        Value input = net.Input([2]);
        (Value a, Value b) = (input.Quantize("a"), input.Quantize("b"));
        Model joined = Model(net.Build(a.Concat("both", b).Quantize("y")), Scale("a", 1), Zero("a", 0), Scale("b", 0.5f), Zero("b", 0), Scale("y", 1), Zero("y", 0));
        Assert.Equal([2, 4, 2, 4], Run(joined, 1.5f, 3.6f)); // in units of 0.5: 3 → 1.5 → 2, 7 → 3.5 → 4

        net = new GraphBuilder();
        input = net.Input(1, 1, 2);
        (a, b) = (input.Quantize("a"), input.Quantize("b"));
        Value product = a.Multiply("product", b).Quantize("p").Affine("affine");
        Model scaled = Model(
            net.Build(product.Quantize("y")), Scale("a", 1), Zero("a", 128), Scale("b", 0.5f), Zero("b", 0), Scale("p", 1), Zero("p", 0),
            Floats("affine.weight", -2), Floats("affine.bias", 10.25f), Scale("y", 0.5f), Zero("y", 100));
        Assert.Equal([8, -8], Run(scaled, 1, 3)); // 1·1 = 1 → −4 + 20.5 = 16.5 → 16; 3·3 = 9 → −36 + 20.5 = −15.5 → −16: half to even
    }

    [Fact]
    public void What_moves_values_keeps_their_integers()
    {
        var net = new GraphBuilder();
        Value x = net.Input(2, 2, 2).Quantize("q");
        x = x.ChannelShuffle("shuffle", 2).PadChannels("channels", 1, 0).Pad("pad", 1, PaddingMode.Zero).MaxPool("pool", 2).Flatten("flatten");
        Model model = Model(net.Build(x.Then("fc", new Linear(12, 1, Bias: false) { QuantizedWeights = true }).Quantize("y")),
            Scale("q", 1), Zero("q", 9), Bytes("fc.weight", [1, 12], [.. Enumerable.Range(1, 12).Select(i => (sbyte)i)]), Floats("fc.weight_scale", 1), Scale("y", 1), Zero("y", 0));

        Assert.NotNull(new IntegerValues(model).RegionOf(model.Graph["y"]));
        // The zero channel gives 0 for 1…4, channels of −1, 2, −3, 4 and 5 in each corner: max with the zeros of the padding.
        Assert.Equal([(6 * 2) + (8 * 4) + (9 * 5) + (10 * 1) + (11 * 1) + (12 * 2)], Run(model, -1, 2, -3, 4, 5, 1, 1, 2));
    }

    [Fact]
    public void A_bias_that_does_not_fit_and_impossible_scales_are_refused()
    {
        var net = new GraphBuilder();
        Graph graph = net.Build(net.Input([1]).Quantize("q").Then("fc", new Linear(1, 1) { QuantizedWeights = true }).Quantize("y"));
        Model With(params (string, Tensor)[] values) => Model(graph, [Scale("q", 1), Zero("q", 0), Bytes("fc.weight", [1, 1], 1), Floats("fc.weight_scale", 1), Floats("fc.bias", 0), .. values]);

        Assert.StartsWith("The sums of channel 0 of 'fc' may exceed 32 bits: its bias 3E+09 is", Assert.Throws<EspalierException>(() => Run(With(Floats("fc.bias", 3e9f)), 1)).Message, StringComparison.Ordinal);
        Assert.Equal("'fc.weight_scale' has the element 0; expected positive, finite scales.", Assert.Throws<EspalierException>(() => Run(With(Floats("fc.weight_scale", 0)), 1)).Message);
        Assert.Equal("'fc.weight' has the element -128; expected integers from -127 to 127.", Assert.Throws<EspalierException>(() => Run(With(Bytes("fc.weight", [1, 1], -128)), 1)).Message);
        Assert.Equal("'q.scale' is -1; expected a positive, finite scale.", Assert.Throws<EspalierException>(() => Run(With(Scale("q", -1)), 1)).Message);
        Assert.Equal("'q.zero_point' is 0.5; expected an integer from 0 to 255.", Assert.Throws<EspalierException>(() => Run(With(Floats("q.zero_point", 0.5f)), 1)).Message);
    }

    [Fact]
    public void Both_forms_of_weights_give_the_same_bits()
    {
        var net = new GraphBuilder();
        Graph graph = net.Build(net.Input(3, 5, 5).Quantize("q").Then("conv", new Conv2d(3, 4, 3) { QuantizedWeights = true, Bias = true }).Relu("relu").Quantize("y"));
        Model floats = Model(graph);
        Model integers = floats.With(floats.Parameters.With("conv.weight", new Parameter(Tensor.From<sbyte>([4, 3, 3, 3], QuantizedLayer.Integers(floats, graph["conv"])))));
        float[] sample = Testing.CounterFill.Input([75]).Read<float>().ToArray();

        Assert.Equal(Run(floats, sample), Run(integers, sample));
        Assert.True(floats.Value(graph["conv"], "weight").BitEquals(integers.Value(graph["conv"], "weight")));
    }
}
