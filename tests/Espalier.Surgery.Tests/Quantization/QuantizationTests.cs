using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Inference;
using Espalier.Models;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Surgery.Tests.Quantizing;

/// <summary>Where the pass rounds, how it chooses scales, and what it refuses.</summary>
public sealed class QuantizationTests
{
    private static readonly QuantizationOptions Plain = new() { Observer = CalibrationObserver.MinMax, WeightScales = WeightScaleRule.GreatestMagnitude, Equalize = false, CorrectBias = false };

    [Fact]
    public void It_rounds_the_input_and_each_group_of_layer_sum_and_activation()
    {
        var net = new GraphBuilder();
        Value x = net.Input(3, 8, 8);
        Value stem = x.Conv2d("conv1", 8, 3, padding: 1, bias: true).Relu("relu1").MaxPool("pool", 2);
        Value branch = stem.Conv2d("conv2", 8, 3, padding: 1, bias: true).Relu6("relu2").Conv2d("conv3", 8, 3, padding: 1, bias: true);
        Value sum = branch.Add("sum", stem.Conv2d("project", 8, 1, bias: true)).Relu("relu3");
        Value gate = sum.GlobalAveragePool("mean").Conv2d("fc1", 8, 1, bias: true).Silu("silu").Conv2d("fc2", 8, 1, bias: true).Sigmoid("sigmoid");
        Graph graph = net.Build(sum.Multiply("gated", gate).GlobalAveragePool("pool2").Flatten("flatten").Linear("fc", 5).Softmax("softmax"));
        Model model = Random(graph);

        Assert.Equal(
            ["input", "relu1", "relu2", "conv3", "relu3", "mean", "fc1", "silu", "fc2", "sigmoid", "gated", "pool2", "fc"],
            Quantization.RoundedValues(model, Plain).Order(Comparer<string>.Create((a, b) => graph.Nodes.IndexOf(graph[a]) - graph.Nodes.IndexOf(graph[b]))));
        Model quantized = Calibrated(model, Plain);
        Assert.All(quantized.Graph.Nodes.Where(node => node.Op is Conv2d or Linear), node => Assert.True(QuantizedLayer.Is(node.Op)));
        var integers = new IntegerValues(quantized);
        Node[] points = [.. quantized.Graph.Nodes.Where(node => node.Op is Quantize)];
        Assert.Equal(["input_quantize"], points.Where(point => integers.RegionOf(point) is null).Select(point => point.Name)); // all others in integers
        Assert.Equal(ElementType.Int8, quantized.Parameters["conv1.weight"].Value.Type);
        AssertClose(model, quantized, 0.1);
    }

    [Fact]
    public void What_is_kept_in_floating_point_is_neither_rounded_nor_has_rounded_weights()
    {
        var net = new GraphBuilder();
        Value x = net.Input(3, 8, 8).Conv2d("conv1", 8, 3, bias: true).Relu("relu1").Conv2d("conv2", 8, 3, bias: true).Relu("relu2").Flatten("flatten");
        Model model = Random(net.Build(x.Linear("fc", 4)));

        Assert.Equal(["relu1", "relu2"], Quantization.RoundedValues(model, Plain with { KeepFloat = ["conv1", "fc"] }));
        Model quantized = Calibrated(model, Plain with { KeepFloat = ["conv1", "fc"] });
        Assert.Equal(["conv2"], quantized.Graph.Nodes.Where(node => QuantizedLayer.Is(node.Op)).Select(node => node.Name));
        Assert.Equal("The model cannot be quantized: it has no convolution or linear layer that is not kept in floating point.", Refusal(model, Plain with { KeepFloat = ["*"] }));
        Assert.StartsWith("The model cannot be quantized: 'conv3', to be kept in floating point, matches no node", Refusal(model, Plain with { KeepFloat = ["conv3"] }), StringComparison.Ordinal);
    }

    [Fact]
    public void Models_that_are_not_folded_or_quantized_already_are_refused_with_the_remedy()
    {
        var net = new GraphBuilder();
        Model norm = Random(net.Build(net.Input(3, 8, 8).Conv2d("conv1", 8, 3).BatchNorm("bn1").Flatten("flatten").Linear("fc", 4)));
        Assert.Equal("The model cannot be quantized: 1 of its linear parts are not folded, the first into 'conv1'; fold the model first (InferenceFolding, espalier fold).", Refusal(norm, Plain));
        Model folded = InferenceFolding.Fold(norm).After;
        Assert.Equal("The model cannot be quantized: 'input_quantize' is quantized already; start from the model before.", Refusal(Calibrated(folded, Plain), Plain));

        net = new GraphBuilder();
        Value x = net.Input(3, 8, 8);
        Model branches = Random(net.Build(x.Conv2d("a", 4, 3, padding: 1).Add("sum", x.Conv2d("b", 4, 1)).Relu("relu")));
        Assert.StartsWith("The model cannot be quantized: 1 of its linear parts are not folded", Refusal(branches, Plain), StringComparison.Ordinal);

        net = new GraphBuilder();
        Model dropout = Random(net.Build(net.Input([3]).Dropout("drop").Linear("fc", 4)));
        Assert.Equal("The model cannot be quantized: 'drop' is an op of training; fold the model first (InferenceFolding, espalier fold).", Refusal(dropout, Plain));
    }

    [Fact]
    public void Calibration_needs_finite_samples_and_options_within_their_range()
    {
        var net = new GraphBuilder();
        Model model = Random(net.Build(net.Input([3]).Linear("fc", 4)));
        Assert.StartsWith("Calibration needs samples", Assert.Throws<EspalierException>(() => Quantization.Calibrate(model, [], CpuRuntime.Instance, Plain)).Message, StringComparison.Ordinal);
        Assert.Equal(
            "In calibration a value of 'input' is NaN; expected finite numbers.",
            Assert.Throws<EspalierException>(() => Quantization.Calibrate(model, [Tensor.From([1, 3], 1, float.NaN, 2)], CpuRuntime.Instance, Plain)).Message);
        QuantizationOptions percentile = Plain with { Observer = CalibrationObserver.Percentile, Percentile = 50 };
        Assert.Equal("Expected a percentile above 50 and at most 100, found 50.", Assert.Throws<EspalierException>(() => Quantization.Calibrate(model, [Tensor.From([1, 3], 1, 0, 2)], CpuRuntime.Instance, percentile)).Message);
        Assert.Equal("There is no range for 'input', whose result is rounded to 8 bits; calibration measures it.", Assert.Throws<EspalierException>(() => new Quantization(new Dictionary<string, ValueRange>(), Plain).Plan(model)).Message);
    }

    [Fact]
    public void Ranges_contain_zero_and_a_percentile_leaves_out_outliers()
    {
        var net = new GraphBuilder();
        Model model = Random(net.Build(net.Input([1]).Linear("fc", 1)));
        float[] numbers = [.. Enumerable.Range(0, 1000).Select(i => 1 + (i / 1000f)), 1000];
        Tensor[] samples = [Tensor.From<float>([numbers.Length, 1], numbers)];

        QuantizationPoint all = PointOf(model.Apply(Quantization.Calibrate(model, samples, CpuRuntime.Instance, Plain)), "input_quantize");
        Assert.Equal(new QuantizationPoint(1000 / 255f, 0), all);
        QuantizationPoint most = PointOf(model.Apply(Quantization.Calibrate(model, samples, CpuRuntime.Instance, Plain with { Observer = CalibrationObserver.Percentile, Percentile = 99 })), "input_quantize");
        Assert.InRange(most.Scale * 255, 1.9, 2.3);

        Assert.Equal(new QuantizationPoint(1, 0), QuantizationPoint.Covering(0, 0));
        Assert.Equal(new QuantizationPoint(3 / 255f, 85), QuantizationPoint.Covering(-1, 2));
        Assert.Equal(new QuantizationPoint(2 / 255f, 255), QuantizationPoint.Covering(-2, -1));
    }

    [Fact]
    public void Weights_have_a_scale_for_each_channel_and_a_bias_that_does_not_fit_widens_it()
    {
        var net = new GraphBuilder();
        Graph graph = net.Build(net.Input([2]).Linear("fc", 4));
        Parameters parameters = Parameters.From(
        [
            KeyValuePair.Create("fc.weight", new Parameter(Tensor.From([4, 2], 1, -2, 0.5f, 0.1f, 0, 0, 1e-12f, 0)) { Mask = Tensor.From([4, 2], 1, 1, 1, 0, 1, 1, 1, 1) }),
            KeyValuePair.Create("fc.bias", new Parameter(Tensor.From([4], 0, 0, 0, 5000))),
        ]);
        var model = new Model(graph, parameters, ModelMetadata.None);
        Model quantized = model.Apply(Quantization.Calibrate(model, [Tensor.From([2, 2], 1, 0, 0, 1)], CpuRuntime.Instance, Plain));

        float[] scales = QuantizedLayer.Scales(quantized, quantized.Graph["fc"]);
        Assert.Equal([2 / 127f, 0.5f / 127, 1], scales[..3]);
        Assert.Equal([64, -127, 127, 0, 0, 0, 0, 0], QuantizedLayer.Integers(quantized, quantized.Graph["fc"]));
        Assert.NotNull(quantized.Parameters["fc.weight"].Mask);
        Tensor answer = ReferenceRuntime.Instance.Prepare(quantized).RunAll(Tensor.From([1, 2], 0.5f, 1))[0]; // not refused
        Assert.InRange(answer.Read<float>()[3], 4990, 5010);
    }

    [Fact]
    public void Pruning_comes_before_quantization()
    {
        var net = new GraphBuilder();
        Model model = Calibrated(Random(net.Build(net.Input(3, 8, 8).Conv2d("conv1", 8, 3, bias: true).Relu("relu1").Conv2d("conv2", 8, 3, bias: true).Relu("relu2"))), Plain);
        foreach (PruningRequest request in (PruningRequest[])[new WeightPruning { Target = PruningTarget.Fraction(0.5) }, new ChannelPruning { Target = PruningTarget.Fraction(0.5) }])
        {
            Assert.Contains("is quantized: prune the model before it is quantized", Assert.Throws<PruningException>(() => model.Prune(request)).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("cifar_resnet8")]
    [InlineData("preact_resnet18")]
    [InlineData("mobilenet_v2_x0_25")]
    [InlineData("densenet121")]
    [InlineData("seresnet18")]
    [InlineData("shufflenet_v2_x0_5")]
    [InlineData("googlenet")]
    public void A_network_of_each_kind_is_quantized_with_all_regions_in_integers_and_the_float_plan_is_close_to_it(string architecture)
    {
        NetworkDefinition definition = Zoo.Create(architecture, new ZooOptions { InputSize = 32, Classes = 7 });
        Model folded = InferenceFolding.Fold(Random(definition.Graph)).After;
        Model quantized = Calibrated(folded, Plain);
        var integers = new IntegerValues(quantized);
        Node[] points = [.. quantized.Graph.Nodes.Where(node => node.Op is Quantize)];
        Assert.All(points.Where(point => integers.RegionOf(point) is null), point =>
            Assert.True(quantized.Graph[point.Inputs[0]].Op is Input or ActivationOp { Activation.Limits: null }, $"{point} reads floating point"));
        Assert.All(quantized.Graph.Nodes.Where(node => QuantizedLayer.Is(node.Op)), layer => Assert.NotNull(integers.PointOf(layer.Inputs[0])));

        Tensor input = CounterFill.Input([2, 3, 32, 32]);
        float[] exact = ReferenceRuntime.Instance.Prepare(quantized).RunAll(input)[0].Read<float>().ToArray();
        float[] floats = CpuRuntime.Instance.Prepare(quantized).RunAll(input)[0].Read<float>().ToArray();
        float quantum = PointOf(quantized, quantized.Graph.Outputs[0]).Scale;
        Assert.True(exact.Zip(floats, (a, b) => Math.Abs(a - b)).Average() < 8 * quantum, $"{string.Join(' ', exact)}\n{string.Join(' ', floats)}"); // single roundings differ and are carried on
    }

    private static QuantizationPoint PointOf(Model model, string node) => QuantizationPoint.Of(model, model.Graph[node]);

    private static string Refusal(Model model, QuantizationOptions options) => Assert.Throws<EspalierException>(() => Quantization.RoundedValues(model, options)).Message;

    private static Model Random(Graph graph) => new(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None);

    private static Model Calibrated(Model model, QuantizationOptions options)
    {
        Tensor samples = CounterFill.Input(model.Graph.ShapeOf(model.Graph.Input.Name).Prepend(12));
        return model.ApplyAndRecord(Quantization.Calibrate(model, [samples], CpuRuntime.Instance, options));
    }

    private static void AssertClose(Model expected, Model actual, double tolerance)
    {
        Tensor input = CounterFill.Input(expected.Graph.ShapeOf(expected.Graph.Input.Name).Prepend(3));
        Assert.InRange(PassVerification.Difference(expected, actual, input, ReferenceRuntime.Instance).Relative, 0, tolerance);
        Assert.InRange(PassVerification.Difference(expected, actual, input, CpuRuntime.Instance).Relative, 0, tolerance);
    }
}
