using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Surgery.Tests.Quantizing;

/// <summary>How scales of weights are chosen, biases corrected and weights rounded adaptively, against naive computations.</summary>
public sealed class WeightRoundingTests
{
    private static readonly CounterRandom Random = new(7);
    private static readonly QuantizationOptions Plain = new() { Observer = CalibrationObserver.MinMax, WeightScales = WeightScaleRule.GreatestMagnitude, Equalize = false, CorrectBias = false };

    [Fact]
    public void Scales_of_least_squared_error_are_as_good_as_the_best_of_a_grid_for_each_channel()
    {
        const int Length = 20000; // so many that it pays to limit an outlier
        float[] values = [.. Enumerable.Range(0, 4 * Length).Select(i => (float)(i / Length == 3 ? 0 : i == Length ? 5 : Math.Clamp(Random.Normal((ulong)i), -4, 4)))];
        Tensor weight = Tensor.From<float>([4, Length], values);

        float[] whole = WeightRounding.Of("w", weight, WeightScaleRule.GreatestMagnitude).Scales, shrunken = WeightRounding.Of("w", weight, WeightScaleRule.MeanSquaredError).Scales;
        float[][] rows = [.. values.Chunk(Length)];
        Assert.Equal(rows.Select(row => row.Max(Math.Abs) / 127), whole, (a, b) => Math.Abs(a - b) <= 1e-6f * Math.Abs(a));
        Assert.Equal(0, shrunken[3]);
        for (int channel = 0; channel < 3; channel++)
        {
            double best = Enumerable.Range(80, 121).Min(i => Error(rows[channel], whole[channel] * i / 200f));
            Assert.InRange(Error(rows[channel], shrunken[channel]), 0, 1.01 * best);
            Assert.Equal(Error(rows[channel], whole[channel]), WeightRounding.SquaredError(rows[channel], whole[channel]), 1e-4 * Error(rows[channel], whole[channel]));
        }

        Assert.True(Error(rows[1], shrunken[1]) < 0.95 * Error(rows[1], whole[1]));
        static double Error(float[] row, float scale) => row.Sum(w => Math.Pow(w - (Math.Clamp(Math.Round((double)w / scale), -127, 127) * scale), 2));
    }

    [Fact]
    public void The_automatic_choice_takes_for_each_channel_the_scale_that_changes_the_output_less()
    {
        Model model = Layer(64, 12, (i, _) => Random.Normal((ulong)i));
        Tensor samples = Tensor.From<float>([200, 64], [.. Enumerable.Range(0, 200 * 64).Select(i => MathF.Pow(5, i % 4) * (float)Random.Stream("samples").Normal((ulong)i))]); // errors of some weights count more
        sbyte[] Integers(WeightScaleRule rule) => Quantized(model, samples, Plain with { WeightScales = rule }).Parameters["fc.weight"].Value.Read<sbyte>().ToArray();
        float[] Scales(WeightScaleRule rule) => Quantized(model, samples, Plain with { WeightScales = rule }).Parameters["fc.weight_scale"].Value.Read<float>().ToArray();
        double[] Errors(WeightScaleRule rule) => [.. Integers(rule).Chunk(64).Select((row, channel) => Variation(model, samples, channel, row, Scales(rule)[channel]))];

        double[] whole = Errors(WeightScaleRule.GreatestMagnitude), shrunken = Errors(WeightScaleRule.MeanSquaredError), automatic = Errors(WeightScaleRule.Automatic);
        Assert.All(whole.Zip(shrunken, Math.Min).Zip(automatic), pair => Assert.Equal(pair.First, pair.Second, 1e-3 * pair.First));
        Assert.NotEqual(whole, automatic);
        Assert.NotEqual(shrunken, automatic);
    }

    [Fact]
    public void A_corrected_bias_makes_up_for_the_mean_that_rounding_loses()
    {
        // 63 weights of 0.4 quantum are rounded to 0, and inputs have a mean of 1.
        Model model = Layer(64, 3, (i, channel) => i % 64 == channel ? 1 : 0.4 / 127);
        Tensor samples = Tensor.From<float>([50, 64], [.. Enumerable.Range(0, 50 * 64).Select(i => (float)Random.Uniform((ulong)i, 0.5, 1.5))]);
        Model plain = Quantized(model, samples, Plain), corrected = Quantized(model, samples, Plain with { CorrectBias = true });

        QuantizationPoint point = QuantizationPoint.Of(plain, plain.Graph["input_quantize"]);
        float[] x = samples.Read<float>().ToArray(), w = model.Parameters["fc.weight"].Value.Read<float>().ToArray(), before = model.Parameters["fc.bias"].Value.Read<float>().ToArray();
        sbyte[] integers = plain.Parameters["fc.weight"].Value.Read<sbyte>().ToArray();
        float[] scales = plain.Parameters["fc.weight_scale"].Value.Read<float>().ToArray(), after = corrected.Parameters["fc.bias"].Value.Read<float>().ToArray();
        for (int channel = 0; channel < 3; channel++)
        {
            double expected = x.Select((value, i) => (value * (double)w[(channel * 64) + (i % 64)]) - (point.Round(value) * (double)point.Scale * integers[(channel * 64) + (i % 64)] * scales[channel])).Sum() / 50;
            Assert.InRange(expected, 0.15, 0.25);
            Assert.Equal(expected, after[channel] - before[channel], 1e-4);
        }

        double[] Means(Model any) => [.. ReferenceRuntime.Instance.Run(any, samples).Read<float>().ToArray().Select((value, i) => (Value: (double)value, Channel: i % 3)).GroupBy(one => one.Channel).Select(one => one.Average(pair => pair.Value))];
        Assert.All(Means(model).Zip(Means(plain)), pair => Assert.True(Math.Abs(pair.First - pair.Second) > 0.1));
        Assert.All(Means(model).Zip(Means(corrected)), pair => Assert.Equal(pair.First, pair.Second, 0.005));
        Assert.True(Quantization.Calibrate(model, [samples], ReferenceRuntime.Instance, Plain with { CorrectBias = null }).CorrectsBias); // it helps
    }

    [Fact]
    public void A_layer_without_bias_gets_one()
    {
        var net = new GraphBuilder();
        Graph graph = net.Build(net.Input(3, 6, 6).Conv2d("a", 4, 3, padding: 1).Relu("relu").Conv2d("b", 4, 3));
        var model = new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None);
        Model corrected = Quantized(model, CounterFill.Input([8, 3, 6, 6]), Plain with { CorrectBias = true });
        Assert.True(((Conv2d)corrected.Graph["a"].Op).Bias);
        Assert.Equal(["a.weight", "a.bias", "a.weight_scale"], corrected.Graph["a"].Parameters);
        Assert.InRange(PassVerification.RelativeDifference(model, corrected, CounterFill.Input([8, 3, 6, 6]), ReferenceRuntime.Instance), 0, 0.05);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Adaptive_rounding_changes_the_output_less_than_the_nearest_integers_and_repeats_itself(bool relu)
    {
        // Correlated inputs: the errors of weights can cancel each other.
        Model model = Layer(24, 6, (i, _) => Random.Normal((ulong)i), relu);
        float[] common = [.. Enumerable.Range(0, 300).Select(i => (float)Random.Stream("common").Normal((ulong)i))];
        Tensor samples = Tensor.From<float>([300, 24], [.. Enumerable.Range(0, 300 * 24).Select(i => common[i / 24] + (0.2f * (float)Random.Normal((ulong)i)))]);
        QuantizationOptions adaptive = Plain with { AdaptiveRounding = new() { Steps = 600, Positions = 300, Seed = 1 } };
        Model nearest = Quantized(model, samples, Plain), learned = Quantized(model, samples, adaptive);

        sbyte[] a = nearest.Parameters["fc.weight"].Value.Read<sbyte>().ToArray(), b = learned.Parameters["fc.weight"].Value.Read<sbyte>().ToArray();
        float[] scales = nearest.Parameters["fc.weight_scale"].Value.Read<float>().ToArray(), w = model.Parameters["fc.weight"].Value.Read<float>().ToArray();
        Assert.Equal(scales, learned.Parameters["fc.weight_scale"].Value.Read<float>().ToArray());
        Assert.All(Enumerable.Range(0, b.Length), i => Assert.InRange(Math.Abs(b[i] - ((double)w[i] / scales[i / 24])), 0, 1.001)); // up or down
        double Error(sbyte[] integers) => integers.Chunk(24).Select((row, channel) => Squared(model, samples, channel, row, scales[channel], relu)).Sum();
        Assert.True(Error(b) < 0.95 * Error(a), $"{Error(b)} {Error(a)}");
        Assert.Equal(b, Quantized(model, samples, adaptive).Parameters["fc.weight"].Value.Read<sbyte>().ToArray());
    }

    [Fact]
    public void Learned_integers_of_a_channel_cancel_each_others_errors()
    {
        const int Count = 300, Row = 32;
        float[] positions = [.. Enumerable.Range(0, Count * Row).Select(i => (float)(Random.Stream("common").Normal((ulong)(i / Row)) + (0.2 * Random.Normal((ulong)i))))];
        double before = 0, after = 0;
        for (ulong channel = 0; channel < 10; channel++)
        {
            float[] weight = [.. Enumerable.Range(0, Row).Select(i => (float)Random.Stream(channel).Normal((ulong)i))];
            float scale = weight.Max(Math.Abs) / 127;
            sbyte[] learned = new ChannelRounding(positions, positions, Row, 0, (float.NegativeInfinity, float.PositiveInfinity)).Learn(weight, scale, 1000, Random.Stream(channel));
            before += Naive([.. weight.Select(w => (sbyte)MathF.Round(w / scale))]);
            after += Naive(learned);
            double Naive(sbyte[] integers) => positions.Chunk(Row).Sum(x => Math.Pow(x.Select((value, i) => value * (weight[i] - ((double)integers[i] * scale))).Sum(), 2));
        }

        Assert.True(after < 0.3 * before, $"{after} {before}");
    }

    [Fact]
    public void Weights_that_were_pruned_stay_zero()
    {
        const int Count = 200, Row = 64;
        float[] positions = [.. Enumerable.Range(0, Count * Row).Select(i => (float)(Random.Stream("common").Normal((ulong)(i / Row)) + (0.2 * Random.Normal((ulong)i))))];
        int changed = 0;
        for (ulong channel = 0; channel < 10; channel++)
        {
            float[] weight = [.. Enumerable.Range(0, Row).Select(i => i / 4 % 3 == 0 ? (float)Random.Stream(channel).Normal((ulong)i) : 0)];
            float scale = weight.Max(Math.Abs) / 7;
            sbyte[] learned = new ChannelRounding(positions, positions, Row, 0, (float.NegativeInfinity, float.PositiveInfinity)).Learn(weight, scale, 500, Random.Stream(channel));
            Assert.All(Enumerable.Range(0, Row).Where(i => weight[i] == 0), i => Assert.Equal(0, learned[i]));
            changed += Enumerable.Range(0, Row).Count(i => learned[i] != (sbyte)MathF.Round(weight[i] / scale));
        }

        Assert.NotEqual(0, changed); // of the others some are rounded away from the nearest
    }

    [Fact]
    public void Positions_of_a_convolution_give_its_results()
    {
        var net = new GraphBuilder();
        Graph graph = net.Build(net.Input(4, 7, 6).Conv2d("conv", 6, 3, stride: 2, padding: 1, groups: 2));
        var model = new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None);
        Tensor samples = CounterFill.Input([5, 4, 7, 6]);
        var positions = new LayerPositions(graph, graph["conv"], 40, 5, new CounterRandom(2));
        for (int i = 0; i < 5; i++)
        {
            positions.Take(positions.Read(i, SampleSet.Part(samples, i, 1)));
        }

        float[] all = ReferenceRuntime.Instance.Run(model, samples).Read<float>().ToArray(), weight = model.Parameters["conv.weight"].Value.Read<float>().ToArray();
        for (int channel = 0; channel < 6; channel++)
        {
            float[] found = new ChannelRounding(positions.Values[channel / 3], positions.Values[channel / 3], positions.Row, 0, (float.NegativeInfinity, float.PositiveInfinity))
                .Results(positions.Values[channel / 3], weight.AsSpan(channel * 18, 18));
            for (int position = 0; position < 40; position++)
            {
                int sample = position * 5 / 40;
                Assert.Contains(all.AsSpan(((sample * 6) + channel) * 12, 12).ToArray(), expected => Math.Abs(expected - found[position]) < 1e-5);
            }

            Assert.True(found.Distinct().Count() > 20);
        }
    }

    private static Model Layer(int inputs, int outputs, Func<int, int, double> weight, bool relu = false)
    {
        var net = new GraphBuilder();
        Value fc = net.Input([inputs]).Linear("fc", outputs);
        Graph graph = net.Build(relu ? fc.Relu("relu") : fc);
        float[] values = [.. Enumerable.Range(0, inputs * outputs).Select(i => (float)weight(i, i / inputs))];
        return new Model(graph, Parameters.From(
        [
            KeyValuePair.Create("fc.weight", new Parameter(Tensor.From<float>([outputs, inputs], values))),
            KeyValuePair.Create("fc.bias", new Parameter(Tensor.From<float>([outputs], new float[outputs]))),
        ]), ModelMetadata.None);
    }

    private static Model Quantized(Model model, Tensor samples, QuantizationOptions options) => model.Apply(Quantization.Calibrate(model, [samples], ReferenceRuntime.Instance, options));

    // Naive, in double: the differences of a channel's results on the unrounded samples.
    private static double[] Differences(Model model, Tensor samples, int channel, sbyte[] row, float scale, bool relu)
    {
        float[] w = [.. model.Parameters["fc.weight"].Value.Read<float>().ToArray().Chunk(row.Length).ElementAt(channel)];
        double Result(float[] sample, Func<int, double> weight) => sample.Select((x, i) => x * weight(i)).Sum() is double sum && relu ? Math.Max(0, sum) : sample.Select((x, i) => x * weight(i)).Sum();
        return [.. samples.Read<float>().ToArray().Chunk(row.Length).Select(sample => Result(sample, i => w[i]) - Result(sample, i => row[i] * (double)scale))];
    }

    private static double Squared(Model model, Tensor samples, int channel, sbyte[] row, float scale, bool relu) => Differences(model, samples, channel, row, scale, relu).Sum(difference => difference * difference);

    private static double Variation(Model model, Tensor samples, int channel, sbyte[] row, float scale)
    {
        double[] differences = Differences(model, samples, channel, row, scale, false);
        return differences.Sum(difference => Math.Pow(difference - differences.Average(), 2));
    }
}
