using Espalier.Graphs;
using Espalier.Models;
using Espalier.Onnx.Proto;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Onnx.Tests;

public sealed class OnnxWriterTests
{
    private static readonly Model Small = Create(Zoo.Create("cifar_resnet20"));

    [Fact]
    public void Nodes_have_the_models_names_and_initializers_those_of_the_state_dict()
    {
        GraphProto graph = ModelExport.Create(Small, new()).Graph;
        Assert.Equal(Small.Graph.Nodes.Where(node => node.Op is not Input).Select(node => node.Name), graph.Node.Select(node => node.Name));
        Assert.Equal(
            Small.Graph.Parameters.Where(parameter => !parameter.Value.IsCounter).Select(parameter => parameter.Key),
            graph.Initializer.Select(initializer => initializer.Name).Where(name => !name.Contains('/', StringComparison.Ordinal)));
        Assert.Equal([Small.Graph.Input.Name], graph.Input.Select(input => input.Name));
        Assert.Equal(Small.Graph.Outputs, graph.Output.Select(output => output.Name));
        Assert.All(graph.Input.Concat(graph.Output), value => Assert.Equal("batch", value.Type.TensorType.Shape.Dim[0].DimParam));
    }

    [Theory]
    [InlineData(13, 7)]
    [InlineData(14, 7)]
    [InlineData(15, 8)]
    [InlineData(18, 8)]
    [InlineData(19, 9)]
    [InlineData(20, 9)]
    [InlineData(21, 10)]
    [InlineData(22, 10)]
    public void The_structure_is_that_of_the_opsets_time(int opset, int version)
    {
        ModelProto file = ModelExport.Create(Small, new() { Opset = opset });
        Assert.Equal((version, opset, ""), (file.IrVersion, file.OpsetImport.Single().Version, file.OpsetImport.Single().Domain));
    }

    [Theory]
    [InlineData(12)]
    [InlineData(23)]
    public void Other_opsets_are_refused(int opset)
    {
        using var folder = new TemporaryFolder();
        string message = Assert.Throws<ArgumentOutOfRangeException>(() => OnnxWriter.Write(Small, folder["x.onnx"], new() { Opset = opset })).Message;
        Assert.Contains($"OnnxWriteOptions.Opset is {opset}; expected 13 to 22.", message, StringComparison.Ordinal);
        Assert.Empty(folder.Files);
    }

    [Fact]
    public void A_batch_norm_without_running_statistics_is_refused()
    {
        var net = new GraphBuilder();
        Graph graph = net.Build(net.Append("norm", new BatchNorm(3) { RunningStatistics = false }, [net.Input(3, 4, 4)]));
        string message = Assert.Throws<EspalierException>(() => ModelExport.Create(new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None), new())).Message;
        Assert.StartsWith("'norm' is a batch norm without running statistics", message, StringComparison.Ordinal);
        Assert.Contains("RunningStatistics.Compute", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Masked_weights_are_zeros()
    {
        Parameter weight = Small.Parameters["conv1.weight"];
        Tensor mask = Tensor.Zeros(weight.Value.Shape);
        mask.Write<float>()[..10].Fill(1);
        Model masked = Small.With(Small.Parameters.With("conv1.weight", weight with { Mask = mask }));
        TensorProto written = ModelExport.Create(masked, new()).Graph.Initializer.Single(initializer => initializer.Name == "conv1.weight");
        Assert.Equal(masked.Parameters["conv1.weight"].Effective.Bytes, written.RawData.Memory);
        Assert.Equal(10, Tensor.Over(weight.Value.Shape, ElementType.Float32, written.RawData.Memory).Read<float>().ToArray().Count(value => value != 0));
    }

    [Fact]
    public void A_tied_parameter_is_stored_once()
    {
        var net = new GraphBuilder();
        Value first = net.Input(4, 5, 5).Conv2d("conv", 4, 3, padding: 1);
        Value second = net.Append("again", new Conv2d(4, 4, 3) { Padding = 1 }, [first], tiedTo: "conv");
        Graph graph = net.Build(second);
        var model = new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None);
        Assert.Equal(["conv.weight"], ModelExport.Create(model, new()).Graph.Initializer.Select(initializer => initializer.Name));
        ExportCheck.Reference(model, new(), 2);
    }

    [Fact]
    public void A_node_with_the_name_of_a_parameter_stays_apart_from_it()
    {
        var net = new GraphBuilder();
        Graph graph = net.Build(net.Input(4, 5, 5).Conv2d("conv", 4, 3).Relu("conv.weight").Conv2d("last", 2, 1));
        ExportCheck.Reference(new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None), new(), 2);
    }

    [Fact]
    public void Half_precision_parameters_are_written_as_float32()
    {
        Model half = Small.With(Graphs.Parameters.From(Small.Parameters.Select(parameter => KeyValuePair.Create(
            parameter.Key, parameter.Value.Value.Type == ElementType.Float32 ? parameter.Value with { Value = parameter.Value.Value.To(ElementType.Float16) } : parameter.Value))));
        ExportCheck.Reference(half, new(), 1);
    }

    [Fact]
    public void A_file_is_the_same_bytes_every_time_and_to_a_stream_too()
    {
        using var folder = new TemporaryFolder();
        OnnxWriter.Write(Small, folder["a.onnx"]);
        using var stream = new MemoryStream();
        OnnxWriter.Write(Small, stream);
        Assert.Equal(File.ReadAllBytes(folder["a.onnx"]), stream.ToArray());
        Assert.Equal(["a.onnx"], folder.Files);
    }

    [Fact]
    public void Softmax_is_appended_unless_it_is_there()
    {
        GraphProto graph = ModelExport.Create(Small, new() { Softmax = true }).Graph;
        Assert.Equal(("Softmax", "probabilities"), (graph.Node[^1].OpType, graph.Output.Single().Name));
        var net = new GraphBuilder();
        Graph ends = net.Build(net.Input([5]).Linear("fc", 3).Softmax("probabilities"));
        GraphProto same = ModelExport.Create(Create(new NetworkDefinition(ends, ModelMetadata.None)), new() { Softmax = true }).Graph;
        Assert.Equal(["Gemm", "Softmax"], same.Node.Select(node => node.OpType));
        Graph map = Build(builder => builder.Input(3, 4, 4).Conv2d("conv", 2, 1));
        string message = Assert.Throws<EspalierException>(() => ModelExport.Create(Create(new NetworkDefinition(map, ModelMetadata.None)), new() { Softmax = true })).Message;
        Assert.Equal("output 'conv' has the shape 2x4x4; softmax needs a vector of logits", message);
    }

    private static Graph Build(Func<GraphBuilder, Value> make)
    {
        var net = new GraphBuilder();
        return net.Build(make(net));
    }

    private static Model Create(NetworkDefinition definition) => definition.With(RandomGraphs.ParametersFor(definition.Graph));
}
