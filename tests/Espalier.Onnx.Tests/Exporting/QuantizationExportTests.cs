using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Inference;
using Espalier.Models;
using Espalier.Surgery;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Onnx.Tests;

/// <summary>Quantized networks in ONNX Runtime: the same integers, but for roundings of ties, computed in integers there too.</summary>
public sealed class QuantizationExportTests
{
    private const int Seeds = 60;
    private const int Batch = 2;

    [Fact]
    public void Each_rounding_of_ONNX_Runtime_is_within_one_quantum_of_what_is_computed_from_the_same_integers()
    {
        (int regions, int equal, int all) = (0, 0, 0);
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            Model model = RandomQuantizedGraphs.Create(seed);
            Model observed = new(new Graph(model.Graph.Nodes, ValueList.From(model.Graph.Nodes.Where(node => node.Op is Quantize).Select(node => node.Name))), model.Parameters, model.Metadata);
            Tensor input = Input(seed, model);
            IReadOnlyList<Tensor> outputs = ExportCheck.Run(observed, new OnnxWriteOptions { Opset = OnnxWriteOptions.OldestOpset + ((int)seed % 10) }, input);
            Dictionary<string, double[]> theirs = observed.Graph.Outputs.Zip(outputs, (name, value) => (name, value.To(ElementType.Float64).Read<double>().ToArray())).ToDictionary();
            theirs[model.Graph.Input.Name] = input.To(ElementType.Float64).Read<double>().ToArray();
            var comparison = new RoundingComparison(model, Batch, theirs);
            comparison.Compare($"seed {seed}");
            (regions, equal, all) = (regions + comparison.Regions, equal + comparison.Equal, all + comparison.All);
        }

        Assert.True(regions > 5 * Seeds, $"{regions} regions");
        Assert.True(equal > 0.998 * all, $"{equal} of {all} are equal"); // ties aside
    }

    [Fact]
    public void What_is_exported_comes_back_as_the_same_roundings_with_the_same_bits()
    {
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            Model model = RandomQuantizedGraphs.Create(seed);
            using var folder = new TemporaryFolder();
            OnnxWriter.Write(model, folder["q.onnx"], new OnnxWriteOptions { Opset = OnnxWriteOptions.OldestOpset + ((int)seed % 10) });
            Model back = OnnxReader.Read(folder["q.onnx"]).Model;
            Tensor input = Input(seed, model);
            string[] before = Points(model), after = Points(back);
            Assert.True(before.SequenceEqual(after), $"seed {seed}: {string.Join(' ', before)} became {string.Join(' ', after)}\n{model.Graph}\n{back.Graph}");
            Assert.True(ReferenceRuntime.Instance.Run(model, input).BitEquals(ReferenceRuntime.Instance.Run(back, input)), $"seed {seed}\n{model.Graph}\n{back.Graph}");
        }
    }

    [Theory]
    [InlineData("cifar_resnet20", 3)] // two shortcuts are padded with channels of zeros, in floating point
    [InlineData("resnet18", 1)]
    [InlineData("squeezenet1_1", 1)]
    public void ONNX_Runtime_computes_every_layer_and_sum_of_a_network_in_integers(string network, int roundings)
    {
        Model model = Quantized(network, new QuantizationOptions { Observer = CalibrationObserver.MinMax, Equalize = false, CorrectBias = false, RoundSums = true });
        using var folder = new TemporaryFolder();
        OnnxWriter.Write(model, folder["q.onnx"]);
        IReadOnlyList<string> ops = OnnxRuntimeOracle.Optimized(folder["q.onnx"]);
        Assert.Equal(model.Graph.Nodes.Count(node => node.Op is Conv2d), ops.Count(op => op == "QLinearConv"));
        Assert.Equal(model.Graph.Nodes.Count(node => node.Op is Add), ops.Count(op => op == "QLinearAdd"));
        Assert.Equal(model.Graph.Nodes.Count(node => node.Op is AdaptiveAveragePool), ops.Count(op => op == "QLinearGlobalAveragePool"));
        Assert.True(ops.All(op => op.StartsWith("QLinear", StringComparison.Ordinal) || op is "QGemm" or "MaxPool" or "NhwcMaxPool" or "Flatten" or "Transpose" or "QuantizeLinear" or "DequantizeLinear" or "Slice" or "Pad" or "Concat"), string.Join(' ', ops));
        Assert.Equal(roundings, ops.Count(op => op == "QuantizeLinear"));
    }

    [Fact]
    public void A_bias_is_the_integer_that_the_meaning_of_the_network_has()
    {
        var net = new GraphBuilder();
        Graph graph = net.Build(net.Input([2]).Quantize("q").Then("fc", new Linear(2, 3) { QuantizedWeights = true }).Quantize("r"));
        var model = new Model(graph, RandomGraphs.ParametersFor(graph).With([KeyValuePair.Create("fc.bias", new Parameter(Tensor.From([3], 12345.678f, -0.1f, 3e4f)))]), ModelMetadata.None);
        float x = QuantizationPoint.Of(model, graph["q"]).Scale;
        float[] scales = QuantizedLayer.Scales(model, graph["fc"]);
        using var folder = new TemporaryFolder();
        OnnxWriter.Write(model, folder["q.onnx"]);
        Proto.TensorProto bias = Proto.ModelProto.Parser.ParseFrom(File.ReadAllBytes(folder["q.onnx"])).Graph.Initializer.Single(tensor => tensor.Name == "fc.bias");
        int[] integers = [.. Enumerable.Range(0, 3).Select(i => BitConverter.ToInt32(bias.RawData.Span[(4 * i)..]))];
        float[] before = model.Parameters["fc.bias"].Value.Read<float>().ToArray(), after = OnnxReader.Read(folder["q.onnx"]).Model.Parameters["fc.bias"].Value.Read<float>().ToArray();
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(Math.Round(before[i] / ((double)x * scales[i])), integers[i]);
            Assert.Equal(integers[i], QuantizedLayer.RoundBias(after[i], x, scales[i]));
        }

        Assert.True(integers[2] > 1 << 25, "it has more digits than float32");
        Model large = model.With(model.Parameters.With([KeyValuePair.Create("fc.bias", new Parameter(Tensor.From([3], 0, 1e9f, 0)))]));
        Assert.Contains("of channel 1 of 'fc' is", Assert.Throws<EspalierException>(() => OnnxWriter.Write(large, folder["large.onnx"])).Message, StringComparison.Ordinal);
    }

    private static Model Quantized(string network, QuantizationOptions options)
    {
        Model folded = InferenceFolding.Fold(Zoo.Create(network, new ZooOptions { InputSize = new Size(64, 64) }).Initialize(seed: 1)).After;
        Tensor samples = CounterFill.Input(folded.Graph.ShapeOf(folded.Graph.Input.Name).Prepend(2));
        return folded.Apply(Quantization.Calibrate(folded, [samples], CpuRuntime.Instance, options));
    }

    private static string[] Points(Model model) => [.. model.Graph.Nodes.Where(node => node.Op is Quantize).Select(node => $"{node.Name}={QuantizationPoint.Of(model, node)}")];

    private static Tensor Input(ulong seed, Model model) => CounterFill.Stream($"sample {seed}", model.Graph.ShapeOf(model.Graph.Input.Name).Prepend(Batch), -2, 4);
}
