using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Surgery.Tests.Quantizing;

/// <summary>The ranges that observers derive, against naive searches over the values themselves.</summary>
public sealed class ObserverTests
{
    private static readonly CounterRandom Random = new(3);

    public static TheoryData<string> Distributions => ["normal", "heavy tails", "after relu", "uniform", "outlier", "one-sided"];

    [Theory]
    [MemberData(nameof(Distributions))]
    public void The_range_of_least_squared_error_is_as_good_as_the_best_of_a_grid(string distribution)
    {
        float[] values = Values(distribution);
        ValueRange range = RangeRules.Of(CalibrationObserver.MeanSquaredError, Histogram(values), 100, Activation.None);

        (double least, double greatest) = (Math.Min(0, values.Min()), Math.Max(0, values.Max()));
        double[] factors = [.. Enumerable.Range(0, 45).Select(i => Math.Pow(0.93, i))];
        double best = factors.Min(low => factors.Min(high => SquaredError(values, new(least * low, greatest * high))));
        Assert.InRange(SquaredError(values, range), 0, 1.03 * best);
    }

    [Fact]
    public void The_squared_error_of_a_value_that_only_an_activation_reads_is_that_of_its_results()
    {
        float[] values = [.. Enumerable.Range(0, 4000).Select(i => (float)Random.Uniform((ulong)i, -30, 6))];
        Activation silu = new Silu().Activation; // nearly 0 below −10
        ValueRange plain = RangeRules.Of(CalibrationObserver.MeanSquaredError, Histogram(values), 100, Activation.None);
        ValueRange range = RangeRules.Of(CalibrationObserver.MeanSquaredError, Histogram(values), 100, silu);
        double Error(ValueRange tried) => values.Sum(x => Math.Pow(silu.Of((double)x) - silu.Of((double)Rounded(x, tried)), 2));

        Assert.InRange(plain.Least, -30, -28);
        Assert.InRange(range.Least, -12, -4);
        Assert.True(Error(range) < Error(plain) / 4);
        Assert.InRange(Error(range), 0, 1.03 * Enumerable.Range(1, 60).Min(low => Error(new(-0.5 * low, values.Max()))));
    }

    [Theory]
    [MemberData(nameof(Distributions))]
    public void The_range_of_least_divergence_is_as_good_as_the_best_of_a_grid(string distribution)
    {
        float[] values = Values(distribution);
        ValueHistogram histogram = Histogram(values);
        ValueRange range = RangeRules.Of(CalibrationObserver.Entropy, histogram, 100, Activation.None);

        double best = Enumerable.Range(0, 60).Select(i => Math.Pow(0.95, i)).Where(factor => factor > 256.0 / 8192).Min(factor => Divergence(values, new(histogram.Range.Least * factor, histogram.Range.Greatest * factor), histogram));
        Assert.InRange(Divergence(values, range, histogram), 0, (1.05 * best) + 1e-6);
        Assert.Equal(
            Divergence(values, range, histogram), RoundedDistribution.Divergence(histogram.NonZeros(), QuantizationPoint.Covering(range.Least, range.Greatest)), 1e-9);
    }

    [Fact]
    public void Divergence_is_that_of_an_example_by_hand()
    {
        // At scale 1 the first two bins are rounded to 1 and share its 4 values; 300 is limited to 255, whose bin is the outermost inside.
        (double, double)[] bins = [(0.75, 1), (1.25, 3), (254.75, 2), (300, 2)];
        double expected = (1 / 8.0 * Math.Log(1 / 8.0 / (2 / 6.0))) + (3 / 8.0 * Math.Log(3 / 8.0 / (2 / 6.0))) + (4 / 8.0 * Math.Log(4 / 8.0 / (2 / 6.0)));
        Assert.Equal(expected, RoundedDistribution.Divergence(bins, new QuantizationPoint(1, 0)), 1e-12);
        Assert.Equal(0, RoundedDistribution.Divergence([], new QuantizationPoint(1, 0)));
    }

    [Fact]
    public void Each_observer_narrows_where_it_should_and_all_keep_zero()
    {
        foreach (CalibrationObserver observer in RangeRules.All)
        {
            Assert.Equal(new ValueRange(0, 0), RangeRules.Of(observer, Histogram(new float[100]), 99.9, Activation.None));
            ValueRange positive = RangeRules.Of(observer, Histogram([.. Values("uniform").Select(value => value + 20)]), 99.99, Activation.None);
            Assert.True(positive.Least == 0 && positive.Greatest > 15, $"{observer}: {positive}");
            ValueRange tails = RangeRules.Of(observer, Histogram(Values("heavy tails")), 99.9, Activation.None);
            double greatest = Values("heavy tails").Max();
            Assert.True(observer is CalibrationObserver.Percentile or CalibrationObserver.Entropy ? tails.Greatest < 0.9 * greatest : tails.Greatest <= greatest, $"{observer}: {tails} of {greatest}");
        }
    }

    [Fact]
    public void The_automatic_choice_is_the_observer_whose_rounding_changes_the_readers_result_least()
    {
        var net = new GraphBuilder();
        Graph graph = net.Build(net.Input([8]).Linear("fc1", 6).LeakyRelu("act", 0.1).Linear("fc2", 4));
        var model = new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None);
        Tensor samples = Tensor.From<float>([100, 8], Values("heavy tails").AsSpan(0, 800));
        var options = new QuantizationOptions { Observer = CalibrationObserver.Automatic, Equalize = false, CorrectBias = false, WeightScales = WeightScaleRule.GreatestMagnitude, Percentile = 98 };

        QuantizationNoise Row(CalibrationObserver observer) =>
            Quantization.Calibrate(model, [samples], ReferenceRuntime.Instance, options with { Observer = observer }).SignalToNoise(model, [samples], ReferenceRuntime.Instance)[0];
        Model first = new(new Graph(model.Graph.Nodes.Where(node => node.Name is "input" or "fc1"), ["fc1"]), model.Parameters.Where(name => name.StartsWith("fc1", StringComparison.Ordinal)), ModelMetadata.None);
        float[] exact = ReferenceRuntime.Instance.Run(first, samples).Read<float>().ToArray();
        double Error(QuantizationNoise row)
        {
            var point = new QuantizationPoint(row.Scale, row.ZeroPoint);
            float[] rounded = [.. samples.Read<float>().ToArray().Select(x => point.Round(x) * point.Scale)];
            return exact.Zip(ReferenceRuntime.Instance.Run(first, Tensor.From<float>(samples.Shape, rounded)).Read<float>().ToArray(), (a, b) => ((double)a - b) * ((double)a - b)).Sum();
        }

        QuantizationNoise[] rows = [.. RangeRules.All.Select(Row)];
        Assert.Equal(RangeRules.All, rows.Select(row => row.Observer!.Value));
        QuantizationNoise chosen = Row(CalibrationObserver.Automatic);
        Assert.Equal(rows.Min(Error), Error(chosen), 1e-9);
        Assert.True(rows.Max(Error) > 1.2 * Error(chosen)); // there was something to choose
        Assert.Contains(chosen with { Decibels = 0 }, rows.Select(row => row with { Decibels = 0 }));
    }

    private static float[] Values(string distribution) => [.. Enumerable.Range(0, 6000).Select(i => (float)(distribution switch
    {
        "normal" => Random.Normal((ulong)i),
        "heavy tails" => Math.Pow(Random.Normal((ulong)i), 3),
        "after relu" => Math.Max(0, Random.Normal((ulong)i)),
        "uniform" => Random.Uniform((ulong)i, -1, 3),
        "outlier" => i == 5 ? 60 : Random.Normal((ulong)i),
        _ => -Math.Abs(Random.Normal((ulong)i)),
    }))];

    private static ValueHistogram Histogram(float[] values)
    {
        var histogram = new ValueHistogram(new(Math.Min(0, values.Min()), Math.Max(0, values.Max())));
        histogram.Add(values);
        return histogram;
    }

    private static float Rounded(float value, ValueRange range)
    {
        double scale = (range.Greatest - range.Least) / 255, zero = Math.Round(-range.Least / scale);
        return (float)((Math.Clamp(Math.Round(value / scale) + zero, 0, 255) - zero) * scale);
    }

    private static double SquaredError(float[] values, ValueRange range) => values.Sum(value => Math.Pow(value - Rounded(value, range), 2));

    // Values of one bin count as its middle; zeros are left out.
    private static double Divergence(float[] values, ValueRange range, ValueHistogram histogram)
    {
        double scale = (float)((range.Greatest - range.Least) / 255), zero = Math.Round(-range.Least / scale);
        double Middle(float value) => histogram.Range.Least + ((Math.Min((int)((value - histogram.Range.Least) / histogram.Width), 8191) + 0.5) * histogram.Width);
        double[] middles = [.. values.Where(value => value != 0).Select(Middle).Order()];
        double[] inside = [.. middles.Where(x => Math.Round(x / scale) + zero is >= 0 and <= 255)];
        var levels = inside.GroupBy(x => Math.Round(x / scale)).ToDictionary(level => level.Key, level => (double)level.Count() / level.Distinct().Count() / inside.Length);
        return middles.GroupBy(x => Math.Clamp(x, inside[0], inside[^1])).Sum(bin => (double)bin.Count() / middles.Length * Math.Log((double)bin.Count() / middles.Length / levels[Math.Round(bin.Key / scale)]));
    }
}
