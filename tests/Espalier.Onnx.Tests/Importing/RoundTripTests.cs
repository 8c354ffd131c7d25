using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Models;
using Espalier.Surgery;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Onnx.Tests;

/// <summary>What is exported comes back as the same network: the same nodes under the same names, the same parameters and metadata.</summary>
public sealed class RoundTripTests
{
    [Theory]
    [InlineData("resnet18", 17)]
    [InlineData("resnet50", 13)]
    [InlineData("resnext50_32x4d", 22)]
    [InlineData("shufflenet_v2_x0_5", 17)]
    [InlineData("densenet121", 17)]
    [InlineData("mobilenet_v2", 17)]
    [InlineData("cifar_resnet20", 17)]
    [InlineData("cifar_preact_resnet110", 13)]
    [InlineData("mobileone_s0", 17)]
    [InlineData("repvgg_a0", 17)]
    public void A_network_of_the_zoo(string name, int opset)
    {
        Model model = Zoo.Create(name).Initialize(seed: 1);
        Model back = Back(model, opset);
        Same(model, back);
        Assert.Equal(model.Metadata, back.Metadata);
    }

    [Theory]
    [MemberData(nameof(NetworkExportTests.FirstSeeds), MemberType = typeof(NetworkExportTests))]
    public void Random_networks_come_back_as_the_same_function(int first)
    {
        for (int seed = first; seed < first + NetworkExportTests.SeedsAtOnce; seed++)
        {
            Model model = RandomGraphs.CreateModel((ulong)seed);
            Model back = Back(model, OnnxWriteOptions.OldestOpset + (seed % 10));
            Tensor input = CounterFill.Input(model.Graph.ShapeOf(model.Graph.Input.Name).Prepend(2));
            double difference = Difference.Relative(ReferenceRuntime.Instance.Run(model, input), ReferenceRuntime.Instance.Run(back, input));
            Assert.True(difference <= 1e-5, $"seed {seed}: {difference:E2}\n{model.Graph}\nbecame\n{back.Graph}");
        }
    }

    [Theory]
    [InlineData(13)]
    [InlineData(22)]
    public void A_quantized_network(int opset)
    {
        var net = new GraphBuilder();
        Value x = net.Input(3, 9, 8).Quantize("input_quantize").Then("conv1", new Conv2d(3, 6, 3) { Bias = true, QuantizedWeights = true }).Relu("relu").Quantize("relu_quantize");
        x = x.Add("sum", x.Then("conv2", new Conv2d(6, 6, 3) { Padding = 1, Groups = 2, QuantizedWeights = true })).Quantize("sum_quantize").GlobalAveragePool("pool").Quantize("pool_quantize");
        Graph graph = net.Build(x.Flatten("flatten").Then("fc", new Linear(6, 5) { QuantizedWeights = true }).Quantize("fc_quantize"));
        var floats = new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None);
        Model model = floats.With(floats.Parameters.With(graph.Nodes.Where(node => QuantizedLayer.Is(node.Op)).Select(layer => KeyValuePair.Create(
            layer.Parameter("weight"), new Parameter(Tensor.From<sbyte>(layer.Op.Parameters[0].Shape, QuantizedLayer.Integers(floats, layer)))))));

        Model back = Back(model, opset);
        Assert.All(graph.Nodes.Where(node => QuantizedLayer.Is(node.Op) && node.Op.Parameters.Any(spec => spec.Role == "bias")), layer =>
        {
            float input = QuantizationPoint.Of(model, graph[layer.Name == "fc" ? "pool_quantize" : "input_quantize"]).Scale;
            float[] scales = QuantizedLayer.Scales(model, layer), before = model.Value(layer, "bias").Read<float>().ToArray(), after = back.Value(layer, "bias").Read<float>().ToArray();
            Assert.All(Enumerable.Range(0, scales.Length), i => Assert.Equal(QuantizedLayer.RoundBias(before[i], input, scales[i]), QuantizedLayer.RoundBias(after[i], input, scales[i])));
        });
        Model rounded = model.With(model.Parameters.With(model.Parameters.Keys.Where(name => name.EndsWith(".bias", StringComparison.Ordinal)).Select(name => KeyValuePair.Create(name, back.Parameters[name]))));
        Same(rounded, back); // but for biases, which are written as integers
        Same(rounded, Back(floats, opset)); // weights before rounding are written as integers
    }

    [Fact]
    public void Standardized_weights_come_back_as_the_weights_that_they_are()
    {
        var net = new GraphBuilder();
        Value x = net.Input(3, 9, 8).Conv2d("stem", 4, 3, standardizationEpsilon: 1e-8).Pad("pad", 1, PaddingMode.Zero).MaxPool("pool", 3, 2).GroupNorm("norm", 2).Relu("relu");
        Graph graph = net.Build(x.Conv2d("conv", 6, 1, groups: 2, bias: true, standardizationEpsilon: 1e-5));
        Model model = new(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None);
        Same(model.Apply(new StandardizationRemoval()), Back(model, 17));
    }

    [Theory]
    [InlineData(13)]
    [InlineData(22)]
    public void A_border_of_zeros_and_one_of_values(int opset)
    {
        var net = new GraphBuilder();
        Graph graph = net.Build(net.Input(3, 6, 7).Pad("zeros", (1, 2), PaddingMode.Zero).Pad("values", new Padding(1, 0, 2, 3)).Relu("relu").Pad("last", 1));
        Model model = new(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None);
        Same(model, Back(model, opset));
    }

    [Theory]
    [InlineData(13, 9, 7, 4, 3)]
    [InlineData(18, 9, 8, 4, 4)]
    [InlineData(22, 6, 7, 6, 2)]
    [InlineData(17, 8, 6, 2, 3)]
    public void Adaptive_pools_to_more_than_one_pixel(int opset, int height, int width, int rows, int columns)
    {
        var net = new GraphBuilder();
        Value x = net.Input(3, height, width);
        Graph graph = net.Build(x.Then("mean", new AdaptiveAveragePool(new Size(rows, columns))).Concat("both", x.Then("maximum", new AdaptiveMaxPool(new Size(rows, columns)))));
        Model model = new(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None);
        ExportCheck.Reference(model, new OnnxWriteOptions { Opset = opset }, 2);
        Model back = Back(model, opset);
        Assert.Equal(columns * rows == 6 && height == 8 ? 0 : 2, back.Graph.Nodes.Count(node => node.Op is AdaptiveAveragePool or AdaptiveMaxPool)); // equal windows are pools of windows
        Tensor input = CounterFill.Input(graph.ShapeOf(graph.Input.Name).Prepend(2));
        Assert.InRange(Difference.Relative(ReferenceRuntime.Instance.Run(model, input), ReferenceRuntime.Instance.Run(back, input)), 0, 1e-6);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_pool_that_is_rounded_up_along_one_axis_only(bool isMaximum)
    {
        // Of the rows PyTorch leaves out a second window, which would start beyond the map; of the columns it takes one whose end lies two beyond it.
        var net = new GraphBuilder();
        var window = new Size(1, 3);
        Op op = isMaximum
            ? new MaxPool(window) { Stride = new Size(2, 3), Padding = new Padding(0, 1, 0, 1), CeilMode = true }
            : new AveragePool(window) { Stride = new Size(2, 3), Padding = new Padding(0, 1, 0, 1), CeilMode = true, CountIncludePad = false };
        Graph graph = net.Build(net.Input(3, 2, 3).Then("pool", op));
        Assert.Equal(Shape.Of(3, 1, 2), graph.ShapeOf("pool"));
        Same(new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None), Back(new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None), 17));
    }

    [Fact]
    public void A_folded_network_with_values_on_its_borders()
    {
        var net = new GraphBuilder();
        Value x = net.Input(3, 9, 8).Conv2d("first", 4, 1).Relu("active");
        Graph graph = net.Build(x.BatchNorm("norm").Conv2d("conv", 5, 3, 2, padding: 1).Relu("relu"));
        Model folded = new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None).Apply(new LinearFolding());
        Assert.Contains(folded.Graph.Nodes, node => node.Op is Pad { Mode: PaddingMode.Constant });
        ExportCheck.Reference(folded, new OnnxWriteOptions(), 2);
        Same(folded, Back(folded, 17));
    }

    [Fact]
    public void Pixels_in_the_graph_become_preprocessing_again()
    {
        Model model = Zoo.Create("cifar_resnet20").Initialize(seed: 1);
        model = model.With(model.Metadata with { Preprocessing = Preprocessing.ImageNet with { Crop = new Size(32, 32), Resize = 36 } });
        using var folder = new TemporaryFolder();
        OnnxWriter.Write(model, folder["model.onnx"], new OnnxWriteOptions { WithPreprocessing = true, Softmax = false });
        OnnxImport import = OnnxReader.Read(folder["model.onnx"]);
        Assert.Equal(model.Graph.Nodes.Length, import.Model.Graph.Nodes.Length);
        Assert.Equal(model.Metadata.Preprocessing, import.Model.Metadata.Preprocessing);
    }

    private static Model Back(Model model, int opset)
    {
        using var folder = new TemporaryFolder();
        OnnxWriter.Write(model, folder["model.onnx"], new OnnxWriteOptions { Opset = opset });
        return OnnxReader.Read(folder["model.onnx"]).Model;
    }

    private static void Same(Model model, Model back)
    {
        Assert.Equal(model.Graph.ToString(), back.Graph.ToString());
        Assert.Equal(model.Graph, back.Graph);
        Assert.Equal(model.Parameters.Keys, back.Parameters.Keys);
        Assert.All(model.Parameters, parameter => Assert.True(parameter.Value.Value.BitEquals(back.Parameters[parameter.Key].Value), parameter.Key));
    }
}
