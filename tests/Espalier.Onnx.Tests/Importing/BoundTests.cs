using Espalier.Graphs;
using Espalier.Onnx.Proto;
using Espalier.Tensors;
using Google.Protobuf;
using static Espalier.Onnx.Tests.HandMade;

namespace Espalier.Onnx.Tests;

/// <summary>A bound of a Clip is kept wherever it lies and however it is spelled, unless it is none.</summary>
public sealed class BoundTests
{
    [Theory]
    [InlineData(0, 20000)]
    [InlineData(-65504, 65504)]
    [InlineData(-1e20f, 3)]
    public void A_bound_is_kept(float low, float high)
    {
        string[] spellings = ["attributes", "inputs", "scaled", "fused"];
        Assert.All(spellings, spelling => Assert.Equal(new Activation(ActivationKind.HardTanh) { Minimum = low, Maximum = high }, Imported(spelling, low, high)));
    }

    [Theory]
    [InlineData("attributes")]
    [InlineData("inputs")]
    public void The_largest_number_is_no_bound(string spelling)
    {
        Assert.Equal(new Activation(ActivationKind.Relu), Imported(spelling, 0, float.MaxValue));
        Assert.Null(Imported(spelling, float.MinValue, float.MaxValue));
    }

    [Fact]
    public void A_slope_so_flat_that_only_far_values_are_cut_is_not_linear()
    {
        var net = new HandMade(7);
        ModelProto model = net.Build(net.Node("HardSigmoid", [net.Conv("x", 3, 4)], F("alpha", 1e-5f), F("beta", 0.5f)));
        Assert.Contains("no activation here computes this function", Assert.Throws<MalformedInputException>(() => OnnxReader.Read(model.ToByteArray(), "model.onnx")).Message, StringComparison.Ordinal);
    }

    /// <summary>The activation that a Clip became, or <see langword="null"/> if it became none.</summary>
    private static Activation? Imported(string spelling, float low, float high)
    {
        var net = new HandMade(spelling is "attributes" or "fused" ? 7 : 17);
        string x = spelling == "fused" ? "" : net.Conv("x", 3, 4);
        AttributeProto bounds = new() { Name = "activation_params", Floats = { low, high }, Type = AttributeProto.Types.AttributeType.Floats };
        string y = spelling switch
        {
            "attributes" => net.Node("Clip", [x], F("min", low), F("max", high)),
            "inputs" => net.Node("Clip", [x, net.Number(low), net.Number(high)]),
            "scaled" => net.Node("Mul", [net.Node("Clip", [net.Node("Mul", [x, net.Number(0.5f)]), net.Number(low / 2), net.Number(high / 2)]), net.Number(2)]),
            _ => net.Node("com.microsoft", "FusedConv", ["x", net.Weight("w", 4, 3, 3, 3)], I("pads", 1, 1, 1, 1), S("activation", "Clip"), bounds),
        };
        Model model = OnnxReader.Read(net.Build(y).ToByteArray(), "model.onnx").Model;
        return model.Graph.Nodes.Select(node => node.Op).OfType<ActivationOp>().SingleOrDefault()?.Activation;
    }
}
