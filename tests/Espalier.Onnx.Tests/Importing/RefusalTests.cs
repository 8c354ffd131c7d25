using Espalier.Onnx.Proto;
using Espalier.Tensors;
using Espalier.Testing;
using Google.Protobuf;
using static Espalier.Onnx.Tests.HandMade;

namespace Espalier.Onnx.Tests;

/// <summary>What cannot be imported is refused with one error that says what, how often, where and what would work.</summary>
public sealed class RefusalTests
{
    [Fact]
    public void All_ops_that_are_not_known_are_named_at_once()
    {
        var net = new HandMade();
        string x = net.Node("Resize", [net.Conv("x", 3, 4)]);
        x = net.Node("Resize", [x]);
        x = net.Node("QLinearConv", [net.Node("DynamicQuantizeLinear", [x])]);
        x = net.Node("my.domain", "Special", [net.Conv(x, 4, 4)]);
        string side = net.Node("Conv", ["x", net.Weight("w5", 4, 3, 3)]);
        string message = Message(net.Build(x, side));
        Assert.Contains("6 of its nodes", message, StringComparison.Ordinal);
        Assert.Contains("2 Resize (first 'Resize_", message, StringComparison.Ordinal);
        Assert.Contains("1 DynamicQuantizeLinear", message, StringComparison.Ordinal);
        Assert.Contains("1 QLinearConv", message, StringComparison.Ordinal);
        Assert.Contains("before it is quantized to 8 bits", message, StringComparison.Ordinal);
        Assert.Contains("1 my.domain.Special", message, StringComparison.Ordinal);
        Assert.Contains("1 Conv (first 'Conv_", message, StringComparison.Ordinal);
        Assert.Contains("it convolves 1 axes (a weight of 4x3x3)", message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Uses => new()
    {
        { "If", "control flow" },
        { "LogSoftmax", "the logits" },
        { "two values", "as attention does" },
        { "training", "training mode" },
        { "crop", "it takes 6 positions from 2 on, 1 apart, of axis 2 of a tensor of N x 3 x 8 x 8" },
        { "reshape", "divides axes otherwise than" },
        { "weight", "is computed by the network" },
        { "groups", "is not for 3 channels" },
        { "mask of pixels", "is not one number for each channel" },
        { "softplus", "no activation here computes this function" },
        { "maxima", "the positions of the maxima" },
        { "fused Add", "its activation 'Add' is not known" },
        { "fused Pow", "its activation 'Pow' is not known" },
    };

    [Theory]
    [MemberData(nameof(Uses))]
    public void A_use_that_is_not_taken_is_explained(string use, string expected)
    {
        var net = new HandMade();
        string x = use switch
        {
            "If" => net.Node("If", ["x"]),
            "LogSoftmax" => net.Node("LogSoftmax", ["x"]),
            "two values" => net.Node("MatMul", ["x", "x"]),
            "training" => net.Node("BatchNormalization", ["x", net.Weight("a", 3), net.Weight("b", 3), net.Weight("c", 3), net.Weight("d", 3)], One("training_mode", 1)),
            "crop" => net.Node("Slice", ["x", net.Ints(2), net.Ints(99), net.Ints(2)]),
            "reshape" => net.Node("Relu", [net.Node("Reshape", ["x", net.Ints(-1, 5)])]),
            "weight" => net.Node("Conv", ["x", "x"]),
            "groups" => net.Node("Conv", ["x", net.Weight("w", 4, 2, 3, 3)]),
            "mask of pixels" => net.Node("Mul", [net.Conv("x", 3, 4), net.Weight("mask", 8, 8)]),
            "fused Add" => net.Node("com.microsoft", "FusedConv", ["x", net.Weight("w", 4, 3, 3, 3)], S("activation", "Add")),
            "fused Pow" => net.Node("com.microsoft", "FusedGemm", [net.Node("Flatten", [net.Node("GlobalAveragePool", ["x"])]), net.Weight("w", 3, 4)], S("activation", "Pow")),
            "softplus" => net.Conv(net.Node("Softplus", ["x"]), 3, 4),
            _ => net.Node("MaxPool", ["x"], I("kernel_shape", 2, 2)),
        };
        if (use == "maxima")
        {
            net.Graph.Node[^1].Output.Add("positions");
        }

        Assert.Contains(expected, Message(net.Build(x)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(6)]
    [InlineData(23)]
    public void Other_operator_sets_are_refused(int opset) => Assert.Contains($"operator set {opset}", Message(new HandMade(opset) is { } net ? net.Build(net.Conv("x", 3, 4)) : null!), StringComparison.Ordinal);

    [Fact]
    public void A_description_has_the_ops_of_a_file_that_cannot_be_imported()
    {
        using var folder = new TemporaryFolder();
        var net = new HandMade();
        ModelProto model = net.Build(net.Node("Resize", [net.Node("Resize", [net.Conv("x", 3, 4)])]));
        OnnxDescription description = OnnxReader.Describe(folder.Write("model.onnx", model.ToByteArray()));
        Assert.Equal([new("Resize", 2), new("Conv", 1)], description.Ops);
        Assert.Equal(["Resize"], description.Unsupported);
        Assert.Equal(["x: Float d0 x 3 x 8 x 8"], description.Inputs);
        Assert.Equal([new("ai.onnx", 17)], description.Opsets);
        Assert.Equal("hand", description.Producer);
    }

    private static string Message(ModelProto model)
    {
        var error = Assert.Throws<MalformedInputException>(() => OnnxReader.Read(model.ToByteArray(), "model.onnx"));
        Assert.True(error.IsUnsupportedKind);
        return error.Message;
    }
}
