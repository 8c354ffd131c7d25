using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Surgery.Tests.Quantizing;

/// <summary>Signal-to-noise ratios against a naive computation, and the search that uses those of single layers.</summary>
public sealed class KeepFloatSearchTests
{
    private static readonly Tensor Samples = CounterFill.Input([24, 3, 8, 8]);

    [Fact]
    public void Ratios_are_those_of_both_networks_values()
    {
        Model model = Network();
        Quantization pass = Quantization.Calibrate(model, [Samples], ReferenceRuntime.Instance, new() { Equalize = false });
        Model quantized = model.Apply(pass);
        IReadOnlyList<QuantizationNoise> rows = pass.SignalToNoise(model, [Samples], ReferenceRuntime.Instance);

        Assert.Equal(["input", "relu1", "relu2", "relu3", "pool", "fc"], rows.Select(row => row.Value));
        Assert.Equal([null, "conv1", "conv2", "conv3", null, "fc"], rows.Select(row => row.Layer));
        foreach (QuantizationNoise row in rows)
        {
            float[] exact = Value(model, row.Value), rounded = Value(quantized, row.Value + "_quantize");
            double ratio = 10 * Math.Log10(exact.Sum(x => (double)x * x) / exact.Zip(rounded, (a, b) => ((double)a - b) * ((double)a - b)).Sum());
            Assert.Equal(ratio, row.Decibels, 1e-3);
            Assert.InRange(row.Decibels, 5, 70);
            Assert.Equal(new QuantizationPoint(row.Scale, row.ZeroPoint), QuantizationPoint.Of(quantized, quantized.Graph[row.Value + "_quantize"]));
        }

        var given = new Quantization(rows.ToDictionary(row => row.Value, _ => new ValueRange(-4, 4)), new());
        Assert.All(given.SignalToNoise(model, [Samples], ReferenceRuntime.Instance), row => Assert.Null(row.Observer));
    }

    [Fact]
    public void The_layer_that_adds_most_noise_goes_back_to_floating_point_first()
    {
        Model model = Network(conv2Outlier: 3000); // 8 bits leave nothing of the channel's other weights
        float[] exact = ReferenceRuntime.Instance.Run(model, Samples).Read<float>().ToArray();
        double Quality(Model changed) => -exact.Zip(ReferenceRuntime.Instance.Run(changed, Samples).Read<float>().ToArray(), (a, b) => Math.Abs((double)a - b)).Average() / exact.Average(Math.Abs);
        var options = new QuantizationOptions { Observer = CalibrationObserver.MinMax, WeightScales = WeightScaleRule.GreatestMagnitude, Equalize = false, CorrectBias = false };
        var seen = new List<KeepFloatTrial>();

        KeepFloatSearch all = KeepFloatSearch.Run(model, [Samples], ReferenceRuntime.Instance, options, Quality, 1e9);
        Assert.True(all.Reached && all.KeepFloat.Count == 0 && all.Trials.Length == 1 && all.Noise.IsEmpty);
        double loss = -all.Trials[0].Quality;

        KeepFloatSearch search = KeepFloatSearch.Run(model, [Samples], ReferenceRuntime.Instance, options, Quality, loss / 3, seen.Add);
        Assert.Equal("conv2", search.Noise[0].Key);
        Assert.True(search.Noise[0].Value < search.Noise[1].Value - 6);
        Assert.True(search.Reached);
        Assert.Equal(["conv2"], search.KeepFloat);
        Assert.Equal(seen, search.Trials);
        Assert.Equal([0, 1], seen.Select(trial => trial.KeepFloat.Count));
        Assert.Equal(0, search.Floating);
        Assert.Equal(search.Trials[^1].Quality, Quality(model.Apply(search.Pass)), 1e-9);
        Assert.False(QuantizedLayer.Is(model.Apply(search.Pass).Graph["conv2"].Op));

        KeepFloatSearch never = KeepFloatSearch.Run(model, [Samples], ReferenceRuntime.Instance, options, Quality, 0);
        Assert.False(never.Reached);
        Assert.Equal(3, never.KeepFloat.Count); // of four layers one is left
        Assert.Equal([0, 1, 2, 3], never.Trials.Select(trial => trial.KeepFloat.Count));
        Assert.Throws<ArgumentOutOfRangeException>(() => KeepFloatSearch.Run(model, [Samples], ReferenceRuntime.Instance, options, Quality, -1));
        Assert.Equal("The quality of a model is not a number.", Assert.Throws<EspalierException>(() => KeepFloatSearch.Run(model, [Samples], ReferenceRuntime.Instance, options, _ => double.NaN, 0)).Message);
    }

    [Fact]
    public void The_fewest_layers_of_the_order_that_meet_the_target_are_found()
    {
        Model model = Network();
        var options = new QuantizationOptions { Observer = CalibrationObserver.MinMax, WeightScales = WeightScaleRule.GreatestMagnitude, Equalize = false, CorrectBias = false };
        double Quality(Model changed) => -changed.Graph.Nodes.Count(node => QuantizedLayer.Is(node.Op)); // 0 in floating point
        KeepFloatSearch search = KeepFloatSearch.Run(model, [Samples], ReferenceRuntime.Instance, options, Quality, 1);
        Assert.True(search.Reached);
        Assert.Equal(search.Noise.Take(3).Select(layer => layer.Key), search.KeepFloat);
    }

    private static float[] Value(Model model, string node) =>
        ReferenceRuntime.Instance.Prepare(new Model(new Graph(model.Graph.Nodes, [.. model.Graph.Outputs.Append(node).Distinct()]), model.Parameters, model.Metadata)).RunAll(Samples)[^1].Read<float>().ToArray();

    private static Model Network(float conv2Outlier = 0)
    {
        var net = new GraphBuilder();
        Graph graph = net.Build(net.Input(3, 8, 8).Conv2d("conv1", 6, 3, bias: true).Relu("relu1").Conv2d("conv2", 6, 3, bias: true).Relu("relu2").Conv2d("conv3", 6, 3, bias: true).Relu("relu3")
            .GlobalAveragePool("pool").Flatten("flatten").Linear("fc", 4));
        Parameters parameters = RandomGraphs.ParametersFor(graph);
        if (conv2Outlier != 0)
        {
            // An input channel that is always 0 has a great weight for each output.
            float[] weight = parameters["conv2.weight"].Value.Read<float>().ToArray(), first = parameters["conv1.weight"].Value.Read<float>().ToArray(), bias = parameters["conv1.bias"].Value.Read<float>().ToArray();
            Array.Clear(first, 0, 27);
            bias[0] = 0;
            for (int output = 0; output < 6; output++)
            {
                weight[output * 54] = conv2Outlier * 0.02f;
            }

            parameters = parameters.With("conv2.weight", new Parameter(Tensor.From<float>([6, 6, 3, 3], weight))).With("conv1.weight", new Parameter(Tensor.From<float>([6, 3, 3, 3], first))).With("conv1.bias", new Parameter(Tensor.From<float>([6], bias)));
        }

        return new Model(graph, parameters, ModelMetadata.None);
    }
}
