using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Onnx.Proto;
using Espalier.Tensors;
using Espalier.Testing;
using Google.Protobuf;

namespace Espalier.Onnx.Tests;

/// <summary>Networks that other tools have quantized (tests/oracle/quantized_onnx.py): each rounding against ONNX Runtime's of the same integers.</summary>
public sealed class QuantizedFileTests
{
    private const int Batch = 3;
    private const string TorchKinds = "quantize conv2d relu quantize conv2d relu quantize conv2d quantize add relu quantize adaptive_average_pool flatten linear quantize";

    [Theory]
    [InlineData("operators_residual", "quantize conv2d quantize max_pool conv2d quantize conv2d quantize add quantize adaptive_average_pool quantize flatten linear quantize")]
    [InlineData("operators_residual_signed", "quantize conv2d quantize max_pool conv2d quantize conv2d quantize add quantize adaptive_average_pool quantize flatten linear quantize")]
    [InlineData("operators_branches", null)]
    [InlineData("operators_branches_signed", null)]
    [InlineData("torch_channels", TorchKinds)]
    [InlineData("torch_layers", TorchKinds)]
    public void Each_rounding_is_within_one_quantum_of_ONNX_Runtimes(string name, string? kinds)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["q.onnx"], Observed(File.ReadAllBytes(OracleFiles.Path($"quantized/{name}.onnx"))).ToByteArray());
        OnnxImport import = OnnxReader.Read(folder["q.onnx"]);
        Model model = import.Model;
        if (!name.StartsWith("torch", StringComparison.Ordinal)) // whose weights have -128
        {
            Assert.All(model.Graph.Nodes.Where(node => node.Op is Conv2d or Linear), node => Assert.True(QuantizedLayer.Is(node.Op), node.Name));
        }

        if (kinds is not null)
        {
            Assert.Equal(kinds, ImportCheck.Kinds(import));
        }

        Tensor input = CounterFill.Stream(name, model.Graph.ShapeOf(model.Graph.Input.Name).Prepend(Batch), -2, 4);
        using var oracle = new OnnxRuntimeOracle(folder["q.onnx"], optimizes: !name.StartsWith("torch", StringComparison.Ordinal)); // it fails to join nodes whose scales are vectors of one
        IReadOnlyList<Tensor> outputs = oracle.Run(input);
        Assert.Equal(outputs.Count, model.Graph.Outputs.Count);
        Dictionary<string, double[]> theirs = model.Graph.Outputs.Zip(outputs, (node, value) => (node, value.To(ElementType.Float64).Read<double>().ToArray())).ToDictionary();
        theirs[model.Graph.Input.Name] = input.To(ElementType.Float64).Read<double>().ToArray();
        var comparison = new RoundingComparison(model, Batch, theirs);
        comparison.Compare(name);
        Assert.True(comparison.Equal > 0.99 * comparison.All, $"{comparison.Equal} of {comparison.All} are equal"); // ties aside
    }

    [Theory]
    [InlineData("torch_channels", 4)]
    [InlineData("torch_layers", 2)]
    public void Weights_of_minus_128_stay_in_floating_point_unless_they_are_limited(string name, int layers)
    {
        string path = OracleFiles.Path($"quantized/{name}.onnx");
        OnnxImport exact = OnnxReader.Read(path), limited = OnnxReader.Read(path, new OnnxReadOptions { LimitWeights = true });
        Assert.Equal(layers, exact.Model.Graph.Nodes.Count(node => node.Op is Conv2d or Linear && !QuantizedLayer.Is(node.Op)));
        Assert.Equal($"The weights of {layers} layers, the first '{(layers == 4 ? "conv1" : "conv3")}', have integers beyond -127 to 127, counted from their zero point: these layers are computed in floating point. The option LimitWeights lets them be computed in integers, with -127 for -128.", Assert.Single(exact.Notes));
        Assert.All(limited.Model.Graph.Nodes.Where(node => node.Op is Conv2d or Linear), node => Assert.True(QuantizedLayer.Is(node.Op)));
        Assert.EndsWith("had integers of -128, which have become -127.", Assert.Single(limited.Notes), StringComparison.Ordinal);
        Tensor input = CounterFill.Stream(name, exact.Model.Graph.ShapeOf(exact.Model.Graph.Input.Name).Prepend(Batch), -2, 4);
        Assert.InRange(Difference.Relative(ReferenceRuntime.Instance.Run(exact.Model, input), ReferenceRuntime.Instance.Run(limited.Model, input)), 0, 0.05);
    }

    [Theory]
    [InlineData("operators_residual")]
    [InlineData("operators_branches_signed")]
    [InlineData("torch_channels")]
    public void What_is_imported_is_exported_and_imported_again_with_the_same_bits(string name)
    {
        Model model = OnnxReader.Read(OracleFiles.Path($"quantized/{name}.onnx")).Model;
        using var folder = new TemporaryFolder();
        OnnxWriter.Write(model, folder["q.onnx"]);
        Model back = OnnxReader.Read(folder["q.onnx"]).Model;
        Tensor input = CounterFill.Stream(name, model.Graph.ShapeOf(model.Graph.Input.Name).Prepend(Batch), -2, 4);
        Assert.True(ReferenceRuntime.Instance.Run(model, input).BitEquals(ReferenceRuntime.Instance.Run(back, input)));
        Assert.Equal(model.Graph.Nodes.Count(node => node.Op is Quantize), back.Graph.Nodes.Count(node => node.Op is Quantize));
    }

    [Theory]
    [InlineData("ConvInteger", "", "quantize the network statically")]
    [InlineData("DynamicQuantizeLinear", "", "quantize the network statically")]
    [InlineData("DynamicQuantizeMatMul", "com.microsoft", "quantize the network statically")]
    [InlineData("QLinearReduceMean", "com.microsoft", "with pairs of QuantizeLinear and DequantizeLinear")]
    [InlineData("QLinearGlobalAveragePool", "com.microsoft", "with pairs of QuantizeLinear and DequantizeLinear")] // with the channels last
    public void Other_ops_on_integers_are_refused_by_name(string op, string domain, string remedy)
    {
        var net = new HandMade();
        string number = net.Number(1);
        string y = net.Node(domain, op, ["x", number, number, number, number], HandMade.One("channels_last", 1));
        string message = Assert.Throws<MalformedInputException>(() =>
        {
            using var folder = new TemporaryFolder();
            File.WriteAllBytes(folder["m.onnx"], net.Build(y).ToByteArray());
            OnnxReader.Read(folder["m.onnx"]);
        }).Message;
        Assert.Contains(op, message, StringComparison.Ordinal);
        Assert.Contains(remedy, message, StringComparison.Ordinal);
    }

    /// <summary>The file with all integers that it computes as outputs, read back.</summary>
    private static ModelProto Observed(byte[] file)
    {
        ModelProto model = ModelProto.Parser.ParseFrom(file);
        HashSet<string> weights = [.. model.Graph.Initializer.Select(tensor => tensor.Name)];
        model.Graph.Output.Clear();
        foreach (NodeProto node in model.Graph.Node.ToList())
        {
            int scale = node.OpType switch
            {
                "QuantizeLinear" when !weights.Contains(node.Input[0]) => 1,
                "QLinearConcat" => 0,
                "QGemm" => 7,
                _ when node.OpType.StartsWith("QLinear", StringComparison.Ordinal) => node.OpType is "QLinearConv" ? 6 : node.Input.Count - 2,
                _ => -1,
            };
            if (scale >= 0)
            {
                string output = node.Output[0] + "/numbers";
                var read = new NodeProto { OpType = "DequantizeLinear", Name = output };
                read.Input.AddRange([node.Output[0], node.Input[scale], node.Input[scale + 1]]);
                read.Output.Add(output);
                model.Graph.Node.Add(read);
                model.Graph.Output.Add(new ValueInfoProto { Name = output, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float } } });
            }
        }

        return model;
    }
}
