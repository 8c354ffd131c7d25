using Espalier.Graphs;
using Espalier.Onnx.Proto;
using Espalier.Tensors;
using static Espalier.Onnx.Tests.HandMade;

namespace Espalier.Onnx.Tests;

/// <summary>Spellings of activations, layers and layouts, imitated from the documentation of the exporters that write them. What they compute is asked of ONNX Runtime.</summary>
public sealed class SpellingTests
{
    private static readonly AttributeProto s_half = F("alpha", 1f / 6);

    /// <summary>An activation as nodes after a convolution, and the one op that it is.</summary>
    public static TheoryData<string, string> Activations => new()
    {
        { "gelu: Mul(0.5 x, 1 + Erf(x / √2))", "gelu" },
        { "gelu: Mul(x, 0.5 (1 + Erf(x · 0.7071)))", "gelu" },
        { "gelu: tanh with Pow", "gelu_tanh" },
        { "gelu: tanh with products", "gelu_tanh" },
        { "hard swish: x · HardSigmoid", "hard_swish" },
        { "hard swish: x · Clip(x + 3, 0, 6) / 6", "hard_swish" },
        { "hard sigmoid: Clip(x + 3) / 6", "hard_sigmoid" },
        { "silu: x · Sigmoid", "silu" },
        { "silu: x / (1 + Exp(−x))", "silu" },
        { "mish: x · Tanh(Softplus)", "mish" },
        { "mish: x · Tanh(Log(1 + Exp))", "mish" },
        { "relu: Max(x, 0)", "relu" },
        { "leaky relu: Max(x, 0.1 x)", "leaky_relu" },
        { "relu6: Clip from 0 to 6", "relu6" },
        { "relu6: Min(Max(x, 0), 6)", "relu6" },
        { "clip: −0.5 to 0.25", "hard_tanh" },
        { "elu: Elu 0.5", "elu" },
        { "affine: 2 x + 1", "affine" },
        { "swish: x · Sigmoid(1.5 x)", "affine sigmoid multiply" },
    };

    [Theory]
    [MemberData(nameof(Activations))]
    public void An_activation_is_one_op_however_it_is_spelled(string spelling, string kinds)
    {
        var net = new HandMade();
        string x = net.Conv("x", 3, 4);
        OnnxImport import = ImportCheck.Agrees(net.Build(Spell(net, x, spelling)));
        Assert.Equal($"conv2d {kinds}", ImportCheck.Kinds(import));
    }

    private static string Spell(HandMade net, string x, string spelling)
    {
        string Two(string op, string a, string b) => net.Node(op, [a, b]);
        string With(string op, string a, float number) => net.Node(op, [a, net.Number(number)]);
        string One(string op, string a) => net.Node(op, [a]);
        switch (spelling)
        {
            case "gelu: Mul(0.5 x, 1 + Erf(x / √2))":
                return Two("Mul", With("Mul", x, 0.5f), With("Add", One("Erf", With("Div", x, MathF.Sqrt(2))), 1));
            case "gelu: Mul(x, 0.5 (1 + Erf(x · 0.7071)))":
                return Two("Mul", x, With("Mul", With("Add", One("Erf", With("Mul", x, MathF.Sqrt(0.5f))), 1), 0.5f));
            case "gelu: tanh with Pow":
                return Two("Mul", With("Mul", x, 0.5f), With("Add", One("Tanh", With("Mul", Two("Add", x, With("Mul", With("Pow", x, 3), 0.044715f)), 0.7978846f)), 1));
            case "gelu: tanh with products":
                return With("Mul", Two("Mul", x, With("Add", One("Tanh", With("Mul", Two("Add", x, With("Mul", Two("Mul", x, Two("Mul", x, x)), 0.044715f)), 0.7978846f)), 1)), 0.5f);
            case "hard swish: x · HardSigmoid":
                return Two("Mul", x, net.Node("HardSigmoid", [x], s_half, F("beta", 0.5f)));
            case "hard swish: x · Clip(x + 3, 0, 6) / 6":
                return With("Div", Two("Mul", x, net.Node("Clip", [With("Add", x, 3), net.Number(0), net.Number(6)])), 6);
            case "hard sigmoid: Clip(x + 3) / 6":
                return With("Mul", net.Node("Clip", [With("Add", x, 3), net.Number(0), net.Number(6)]), 1f / 6);
            case "silu: x · Sigmoid":
                return Two("Mul", One("Sigmoid", x), x);
            case "silu: x / (1 + Exp(−x))":
                return Two("Div", x, With("Add", One("Exp", One("Neg", x)), 1));
            case "mish: x · Tanh(Softplus)":
                return Two("Mul", x, One("Tanh", One("Softplus", x)));
            case "mish: x · Tanh(Log(1 + Exp))":
                return Two("Mul", x, One("Tanh", One("Log", With("Add", One("Exp", x), 1))));
            case "relu: Max(x, 0)":
                return With("Max", x, 0);
            case "leaky relu: Max(x, 0.1 x)":
                return Two("Max", x, With("Mul", x, 0.1f));
            case "relu6: Clip from 0 to 6":
                return net.Node("Clip", [x, net.Number(0), net.Number(6)]);
            case "relu6: Min(Max(x, 0), 6)":
                return With("Min", With("Max", x, 0), 6);
            case "clip: −0.5 to 0.25":
                return net.Node("Clip", [x, net.Number(-0.5f), net.Number(0.25f)]);
            case "elu: Elu 0.5":
                return net.Node("Elu", [x], F("alpha", 0.5f));
            case "affine: 2 x + 1":
                return With("Add", With("Mul", x, 2), 1);
            default:
                return Two("Mul", x, One("Sigmoid", With("Mul", x, 1.5f)));
        }
    }

    [Fact]
    public void Clip_of_operator_set_6_has_attributes()
    {
        var net = new HandMade(opset: 7);
        OnnxImport import = ImportCheck.Agrees(net.Build(net.Node("Clip", [net.Conv("x", 3, 4)], F("min", 0), F("max", 6))));
        Assert.Equal("conv2d relu6", ImportCheck.Kinds(import));
    }

    /// <summary>The slopes have the order of the axes that they broadcast to, not that of the channels.</summary>
    [Fact]
    public void Slopes_of_shuffled_channels_belong_to_their_channels()
    {
        var net = new HandMade();
        string x = net.Node("Transpose", [net.Node("Reshape", [net.Conv("x", 3, 12), net.Ints(-1, 3, 4, 8, 8)])], I("perm", 0, 2, 1, 3, 4));
        x = net.Node("PRelu", [x, net.Weight("slopes", 4, 3, 1, 1)]);
        x = net.Node("Reshape", [net.Node("Transpose", [x], I("perm", 0, 2, 1, 3, 4)), net.Ints(-1, 12, 8, 8)]);
        Assert.Equal("conv2d prelu", ImportCheck.Kinds(ImportCheck.Agrees(net.Build(x))));
    }

    [Fact]
    public void Gelu_and_group_norm_of_later_operator_sets()
    {
        var net = new HandMade(opset: 21);
        string x = net.Node("GroupNormalization", [net.Conv("x", 3, 4), net.Weight("g.weight", 4), net.Weight("g.bias", 4)], One("num_groups", 2), F("epsilon", 1e-5f));
        OnnxImport import = ImportCheck.Agrees(net.Build(net.Node("Gelu", [net.Node("Gelu", [x], S("approximate", "tanh"))])));
        Assert.Equal("conv2d group_norm gelu_tanh gelu", ImportCheck.Kinds(import));
    }

    [Fact]
    public void Layer_norm_of_channels_first_is_one_op()
    {
        var net = new HandMade();
        string x = net.Conv("x", 3, 4);
        string centred = net.Node("Sub", [x, net.Node("ReduceMean", [x], I("axes", 1))]);
        string variance = net.Node("ReduceMean", [net.Node("Pow", [centred, net.Number(2)])], I("axes", 1));
        string norm = net.Node("Div", [centred, net.Node("Sqrt", [net.Node("Add", [variance, net.Number(1e-6f)])])]);
        string scaled = net.Node("Add", [net.Node("Mul", [net.Weight("n.weight", 4, 1, 1), norm]), net.Weight("n.bias", 4, 1, 1)]);
        OnnxImport import = ImportCheck.Agrees(net.Build(scaled));
        Assert.Equal("conv2d layer_norm", ImportCheck.Kinds(import));
        Assert.Equal(1e-6, ((LayerNorm)import.Model.Graph.Nodes[^1].Op).Epsilon);
    }

    [Fact]
    public void A_network_of_TensorFlow_has_no_transposes_left()
    {
        // As tf2onnx writes it: NHWC at the ends, Transpose around convolutions, MatMul and Add, the order of features height x width x channels.
        var net = new HandMade(13, -1, 8, 8, 3);
        string x = net.Node("Transpose", ["x"], I("perm", 0, 3, 1, 2));
        x = net.Node("Conv", [x, net.Weight("k", 4, 3, 3, 3)], S("auto_pad", "SAME_UPPER"), I("strides", 2, 2));
        x = net.Node("Transpose", [net.Node("Relu", [x])], I("perm", 0, 2, 3, 1));
        x = net.Node("Add", [x, net.Weight("offset", 4)]);
        x = net.Node("Reshape", [x, net.Ints(-1, 64)]);
        x = net.Node("Add", [net.Node("MatMul", [x, net.Weight("dense", 64, 5)]), net.Weight("dense.bias", 5)]);
        OnnxImport import = ImportCheck.Agrees(net.Build(net.Node("Softmax", [x])));
        Assert.Equal("conv2d relu affine flatten linear softmax", ImportCheck.Kinds(import));
        Assert.Contains(import.Notes, note => note.Contains("height x width x channels", StringComparison.Ordinal));
    }

    [Fact]
    public void Squeeze_and_excitation_with_channels_last()
    {
        var net = new HandMade(13, -1, 8, 8, 3);
        string x = net.Conv(net.Node("Transpose", ["x"], I("perm", 0, 3, 1, 2)), 3, 4);
        string last = net.Node("Transpose", [x], I("perm", 0, 2, 3, 1));
        string mean = net.Node("ReduceMean", [last], I("axes", 1, 2), One("keepdims", 1));
        string gate = net.Node("Sigmoid", [net.Node("Conv", [net.Node("Transpose", [mean], I("perm", 0, 3, 1, 2)), net.Weight("se", 4, 4, 1, 1)])]);
        string product = net.Node("Mul", [last, net.Node("Transpose", [gate], I("perm", 0, 2, 3, 1))]);
        OnnxImport import = ImportCheck.Agrees(net.Build(net.Node("ReduceMean", [product], I("axes", 1, 2), One("keepdims", 0))));
        Assert.Equal("conv2d adaptive_average_pool conv2d sigmoid multiply adaptive_average_pool flatten", ImportCheck.Kinds(import));
    }

    [Theory]
    [InlineData("SAME_UPPER", 3, 2)]
    [InlineData("SAME_LOWER", 3, 2)]
    [InlineData("SAME_UPPER", 2, 1)]
    [InlineData("SAME_LOWER", 2, 1)]
    [InlineData("SAME_UPPER", 5, 3)]
    [InlineData("VALID", 3, 2)]
    public void Automatic_padding(string mode, int kernel, int stride)
    {
        var net = new HandMade(13, -1, 3, 9, 12);
        string x = net.Node("Conv", ["x", net.Weight("w", 4, 3, kernel, kernel)], S("auto_pad", mode), I("strides", stride, stride));
        x = net.Node("MaxPool", [x], S("auto_pad", mode), I("kernel_shape", kernel, kernel), I("strides", stride, stride));
        ImportCheck.Agrees(net.Build(net.Node("AveragePool", [x], S("auto_pad", mode == "VALID" ? "SAME_UPPER" : mode), I("kernel_shape", 3, 3), I("strides", 2, 2))));
    }

    [Fact]
    public void Products_with_weights_have_transposes_and_factors()
    {
        var net = new HandMade(13, -1, 6);
        string x = net.Node("Gemm", ["x", net.Weight("a", 6, 5), net.Weight("a.bias", 1, 5)], F("alpha", 0.5f), F("beta", 2));
        x = net.Node("Gemm", [x, net.Weight("b", 4, 5)], One("transB", 1));
        OnnxImport import = ImportCheck.Agrees(net.Build(net.Node("Gemm", [x, net.Weight("c", 4, 3), net.Weight("c.bias")])));
        Assert.Equal("linear linear linear", ImportCheck.Kinds(import));
    }

    [Fact]
    public void Norms_of_CNTK_and_local_responses()
    {
        var net = new HandMade(8);
        string x = net.Node("BatchNormalization", [net.Conv("x", 3, 6), net.Weight("b.weight", 6), net.Weight("b.bias", 6), net.Weight("b.running_mean", 6), net.Weight("b.running_var", 6)], F("epsilon", 1e-4f), One("spatial", 1));
        x = net.Node("LRN", [x], One("size", 5), F("alpha", 0.3f), F("beta", 0.6f), F("bias", 2));
        x = net.Node("Add", [net.Node("MatMul", [net.Node("Flatten", [net.Node("GlobalAveragePool", [x])]), net.Weight("d", 6, 4)]), net.Weight("d.bias", 4)]);
        OnnxImport import = ImportCheck.Agrees(net.Build(net.Node("Dropout", [x], F("ratio", 0.3f))));
        Assert.Equal("conv2d batch_norm local_response_norm adaptive_average_pool flatten linear dropout", ImportCheck.Kinds(import));
    }

    [Fact]
    public void Attention_along_the_channels()
    {
        var net = new HandMade(11);
        string x = net.Conv("x", 3, 8);
        string y = net.Node("Squeeze", [net.Node("GlobalAveragePool", [x])], I("axes", 3));
        y = net.Node("Conv", [net.Node("Transpose", [y], I("perm", 0, 2, 1)), net.Weight("eca", 1, 1, 3)], I("pads", 1, 1));
        y = net.Node("Unsqueeze", [net.Node("Transpose", [net.Node("Sigmoid", [y])], I("perm", 0, 2, 1))], I("axes", 3));
        OnnxImport import = ImportCheck.Agrees(net.Build(net.Node("Mul", [x, y])));
        Assert.Equal("conv2d adaptive_average_pool channel_conv1d sigmoid multiply", ImportCheck.Kinds(import));
    }

    [Fact]
    public void Pads_reflect_and_repeat()
    {
        var net = new HandMade(13);
        string x = net.Node("Pad", ["x", net.Ints(0, 0, 1, 2, 0, 0, 2, 1)], S("mode", "reflect"));
        x = net.Node("Pad", [net.Conv(x, 3, 4), net.Ints(0, 0, 1, 1, 0, 0, 1, 1)], S("mode", "edge"));
        x = net.Node("Pad", [x, net.Ints(0, 0, 0, 0, 0, 0, 1, 1), net.Number(0.5f)]);
        OnnxImport import = ImportCheck.Agrees(net.Build(net.Node("GlobalMaxPool", [x])));
        Assert.Equal("pad conv2d pad pad adaptive_max_pool", ImportCheck.Kinds(import));
    }

    [Fact]
    public void Nodes_of_ONNX_Runtimes_optimizer()
    {
        var net = new HandMade(17);
        net.Model.OpsetImport.Add(new OperatorSetIdProto { Domain = "com.microsoft", Version = 1 });
        string x = net.Node("com.microsoft", "FusedConv", ["x", net.Weight("a", 4, 3, 3, 3), net.Weight("a.bias", 4)], I("pads", 1, 1, 1, 1), S("activation", "Relu"));
        x = net.Node("Flatten", [net.Node("GlobalAveragePool", [x])]);
        OnnxImport import = ImportCheck.Agrees(net.Build(net.Node("com.microsoft", "FusedGemm", [x, net.Weight("b", 4, 3), net.Weight("b.bias", 3)], S("activation", "LeakyRelu"), F("activation_alpha", 0.2f))));
        Assert.Equal("conv2d relu adaptive_average_pool flatten linear leaky_relu", ImportCheck.Kinds(import));
    }

    [Fact]
    public void Functions_are_inlined()
    {
        var net = new HandMade(18);
        net.Model.OpsetImport.Add(new OperatorSetIdProto { Domain = "pkg", Version = 1 });
        var function = new FunctionProto { Name = "block", Domain = "pkg" };
        function.OpsetImport.Add(new OperatorSetIdProto { Version = 18 });
        function.Input.AddRange(["a", "w"]);
        function.Output.Add("c");
        function.Attribute.Add("slope");
        var conv = new NodeProto { OpType = "Conv", Name = "conv" };
        conv.Input.AddRange(["a", "w"]);
        conv.Output.Add("b");
        conv.Attribute.Add(I("pads", 1, 1, 1, 1));
        var leaky = new NodeProto { OpType = "LeakyRelu", Name = "act" };
        leaky.Input.Add("b");
        leaky.Output.Add("c");
        leaky.Attribute.Add(new AttributeProto { Name = "alpha", RefAttrName = "slope", Type = AttributeProto.Types.AttributeType.Float });
        function.Node.AddRange([conv, leaky]);
        net.Model.Functions.Add(function);
        string x = net.Node("pkg", "block", ["x", net.Weight("u.weight", 4, 3, 3, 3)], F("slope", 0.1f));
        x = net.Node("pkg", "block", [x, net.Weight("v.weight", 4, 4, 3, 3)], F("slope", 0.2f));
        OnnxImport import = ImportCheck.Agrees(net.Build(x));
        Assert.Equal("conv2d leaky_relu conv2d leaky_relu", ImportCheck.Kinds(import));
        Assert.Equal(["u", "v"], import.Model.Graph.Nodes.Where(node => node.Op is Conv2d).Select(node => node.Name));
    }

    [Fact]
    public void Initializers_among_the_inputs_and_symbolic_sizes()
    {
        var net = new HandMade(9, -1, 3, -1, -1);
        net.Model.IrVersion = 3;
        string x = net.Conv("x", 3, 4);
        net.Graph.Input.Add(Value(net.Graph.Initializer[0].Name, 4, 3, 3, 3));
        ModelProto model = net.Build(x);
        MalformedInputException error = Assert.Throws<MalformedInputException>(() => ImportCheck.Agrees(model));
        Assert.Contains("'d2'", error.Message, StringComparison.Ordinal);
        OnnxImport byName = ImportCheck.Agrees(model, new OnnxReadOptions { Sizes = new Dictionary<string, int> { ["d2"] = 7, ["x:3"] = 9 } });
        Assert.Equal([3, 7, 9], byName.Model.Graph.Input.Op is Input input ? input.Shape.Extents : []);
        Assert.Equal(byName.Model.Graph, ImportCheck.Agrees(model, new OnnxReadOptions { InputSize = new Size(7, 9) }).Model.Graph);
    }

    [Fact]
    public void Weights_of_every_type_and_place()
    {
        foreach (TensorProto.Types.DataType type in (TensorProto.Types.DataType[])[TensorProto.Types.DataType.Float16, TensorProto.Types.DataType.Double, TensorProto.Types.DataType.Bfloat16, TensorProto.Types.DataType.Float])
        {
            var proto = new TensorProto { DataType = (int)type };
            proto.Dims.Add(3);
            float[] values = [0.5f, -2, 1.25f];
            switch (type)
            {
                case TensorProto.Types.DataType.Float16:
                    proto.Int32Data.AddRange(values.Select(value => (int)BitConverter.HalfToUInt16Bits((Half)value)));
                    break;
                case TensorProto.Types.DataType.Bfloat16:
                    proto.Int32Data.AddRange(values.Select(value => (int)(BitConverter.SingleToUInt32Bits(value) >> 16)));
                    break;
                case TensorProto.Types.DataType.Double:
                    proto.DoubleData.AddRange(values.Select(value => (double)value));
                    break;
                default:
                    proto.FloatData.AddRange(values);
                    break;
            }

            var file = new OnnxFile("test", null, new ModelProto(), Limits.Default);
            Assert.Equal(values, TensorData.Read(proto, file).To(ElementType.Float32).Read<float>().ToArray());
        }
    }

    [Fact]
    public void Pixels_in_the_graph_become_preprocessing()
    {
        var net = new HandMade(13);
        string x = net.Node("Div", [net.Node("Sub", ["x", net.Weight("mean", Tensor.From([1, 3, 1, 1], 103.939f, 116.779f, 123.68f))]), net.Number(2)]);
        OnnxImport import = ImportCheck.Agrees(net.Build(net.Conv(x, 3, 4)));
        Assert.Equal("conv2d", ImportCheck.Kinds(import));
        Normalization normalization = import.Model.Metadata.Preprocessing!.Normalization;
        Assert.Equal([103.939f, 116.779f, 123.68f], normalization.Mean);
        Assert.Equal([2, 2, 2], normalization.StandardDeviation);
        Assert.Equal(PixelRange.Byte, normalization.Range);
    }
}
