using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Onnx.Proto;
using Espalier.Tensors;
using Espalier.Testing;
using Google.Protobuf;
using DataType = Espalier.Onnx.Proto.TensorProto.Types.DataType;

namespace Espalier.Onnx.Tests;

/// <summary>Pairs of QuantizeLinear and DequantizeLinear in the spellings of other exporters.</summary>
public sealed class QuantizationImportTests
{
    [Fact]
    public void Signed_activations_and_weights_that_the_file_rounds_are_the_same_network_as_unsigned_ones_and_integers()
    {
        Tensor input = CounterFill.Input([2, 3, 8, 8]);
        Model integers = Import(Network(isSigned: false, roundsWeights: false)), spelled = Import(Network(isSigned: true, roundsWeights: true));
        Assert.Equal(2, integers.Graph.Nodes.Count(node => node.Op is Quantize));
        Assert.True(integers.Graph.Nodes.Single(node => node.Op is Conv2d).Op is Conv2d { QuantizedWeights: true, Bias: true });
        Assert.True(ReferenceRuntime.Instance.Run(integers, input).BitEquals(ReferenceRuntime.Instance.Run(spelled, input)));
    }

    [Fact]
    public void A_file_of_pairs_computes_what_ONNX_Runtime_does()
    {
        // Its rounding of float32 sums may differ by one step of 0.05 of an output of up to 6.
        var net = Network(isSigned: false, roundsWeights: false);
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["q.onnx"], net.ToByteArray());
        Tensor input = CounterFill.Input([2, 3, 8, 8]);
        float[] theirs = OnnxRuntimeOracle.Run(folder["q.onnx"], input)[0].Read<float>().ToArray(), ours = ReferenceRuntime.Instance.Run(Import(net), input).Read<float>().ToArray();
        Assert.All(theirs.Zip(ours), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, 0.0501));
        Assert.True(theirs.Zip(ours).Count(pair => Math.Abs(pair.First - pair.Second) < 1e-4) > 0.99 * ours.Length);
    }

    [Theory]
    [InlineData("another scale", "its scale and zero point are not those of the QuantizeLinear that it reads")]
    [InlineData("a scale for each channel", "it has 3 scales for a value of the network; expected one")]
    [InlineData("an activation between", "it reads a value in integers of 8 bits, which only a DequantizeLinear reads")]
    public void What_is_not_a_pair_around_a_value_is_refused(string what, string reason)
    {
        var net = new HandMade();
        string scale = net.Number(0.1f), zero = Bytes(net, "zero", DataType.Uint8, [], 3);
        string x = net.Node("QuantizeLinear", ["x", what == "a scale for each channel" ? net.Weight("scales", Tensor.From([3], 1, 2, 3)) : scale, zero]);
        x = what == "an activation between" ? net.Node("Relu", [x]) : x;
        x = net.Node("DequantizeLinear", [x, what == "another scale" ? net.Number(0.2f) : scale, zero]);
        Assert.Contains(reason, Assert.Throws<MalformedInputException>(() => Import(net.Build(net.Conv(x, 3, 4)))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_without_a_scale_for_each_output_channel_become_float32()
    {
        var net = new HandMade();
        string weight = Bytes(net, "w", DataType.Int8, [4, 3, 1, 1], [.. Enumerable.Range(-6, 12).Select(i => (byte)(sbyte)i)]);
        string y = net.Node("Conv", ["x", net.Node("DequantizeLinear", [weight, net.Weight("scales", Tensor.From([3], 1, 2, 3))], HandMade.One("axis", 1))]);
        Model model = Import(net.Build(y));
        Node conv = model.Graph.Nodes.Single(node => node.Op is Conv2d);
        Assert.False(QuantizedLayer.Is(conv.Op));
        Assert.Equal([-6, -10, -12, -3], model.Value(conv, "weight").Read<float>()[..4].ToArray());
    }

    private static ModelProto Network(bool isSigned, bool roundsWeights)
    {
        var net = new HandMade();
        string Pair(string x, float scale, int zero)
        {
            string step = net.Number(scale), point = isSigned ? Bytes(net, x + "z", DataType.Int8, [], (byte)(sbyte)(zero - 128)) : Bytes(net, x + "z", DataType.Uint8, [], (byte)zero);
            return net.Node("DequantizeLinear", [net.Node("QuantizeLinear", [x, step, point]), step, point]);
        }

        sbyte[] integers = [.. Enumerable.Range(0, 4 * 27).Select(i => (sbyte)((i * 37 % 255) - 127))];
        float[] scales = [0.002f, 0.003f, 0.004f, 0.0015f];
        string weightScales = net.Weight("scales", Tensor.From<float>([4], scales)), zeros = Bytes(net, "zeros", DataType.Int8, [4], 0, 0, 0, 0);
        string weight = roundsWeights
            ? net.Node("QuantizeLinear", [net.Weight("w", Tensor.From<float>([4, 3, 3, 3], [.. integers.Select((integer, i) => integer * scales[i / 27])])), weightScales, zeros], HandMade.One("axis", 0))
            : Bytes(net, "w", DataType.Int8, [4, 3, 3, 3], [.. integers.Select(integer => (byte)integer)]);
        string bias = net.Weight("b", Tensor.From([4], 0.5f, -0.25f, 0, 1));
        string y = net.Node("Conv", [Pair("x", 0.01f, 120), net.Node("DequantizeLinear", [weight, weightScales, zeros], HandMade.One("axis", 0)), bias], HandMade.I("pads", 1, 1, 1, 1));
        return net.Build(Pair(net.Node("Relu", [y]), 0.05f, 0));
    }

    private static string Bytes(HandMade net, string name, DataType type, long[] dims, params byte[] values)
    {
        var proto = new TensorProto { Name = name, DataType = (int)type, RawData = ByteString.CopyFrom(values) };
        proto.Dims.AddRange(dims);
        net.Graph.Initializer.Add(proto);
        return name;
    }

    private static Model Import(ModelProto file)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["m.onnx"], file.ToByteArray());
        return OnnxReader.Read(folder["m.onnx"]).Model;
    }
}
