using Espalier.Onnx.Proto;
using Espalier.Tensors;
using Google.Protobuf;
using static Espalier.Onnx.Tests.HandMade;
using DataType = Espalier.Onnx.Proto.TensorProto.Types.DataType;

namespace Espalier.Onnx.Tests;

/// <summary>Nodes of constants are computed as ONNX Runtime computes them.</summary>
public sealed class ConstantFoldingTests
{
    /// <summary>The same number in each type and place that a tensor can have it in.</summary>
    public static TheoryData<string, double> Fills => new()
    {
        { "float", -3 },
        { "raw float", -3 },
        { "double", -3 },
        { "raw double", -3 },
        { "half", -3 },
        { "raw half", -3 },
        { "bfloat16", -3 },
        { "int8", -3 },
        { "raw int8", -3 },
        { "raw int16", -3 },
        { "int32", -3 },
        { "raw int64", -3 },
        { "uint32", 3e9 },
        { "raw uint32", 3e9 },
        { "uint64", 3e9 },
        { "raw uint8", 200 },
        { "bool", 1 },
    };

    [Theory]
    [MemberData(nameof(Fills))]
    public void A_constant_of_a_shape_has_its_value_of_any_type(string form, double expected)
    {
        TensorProto value = Fill(form, expected);
        value.Dims.Add(1);
        var node = new OnnxNode("ConstantOfShape", "", "fill", ["shape"], ["filled"], [new AttributeProto { Name = "value", T = value, Type = AttributeProto.Types.AttributeType.Tensor }]);
        Constant filled = Fold(node, Constant.Vector(new Element(2), new Element(3)));
        Assert.Equal([2, 3], filled.Shape.Extents);
        Assert.All(filled.Elements, element => Assert.Equal(expected, element.Value));
        bool isReal = form.EndsWith("float", StringComparison.Ordinal) || form.EndsWith("double", StringComparison.Ordinal) || form.EndsWith("half", StringComparison.Ordinal) || form == "bfloat16";
        Assert.Equal(form == "bool" ? ConstantKind.Boolean : isReal ? ConstantKind.Real : ConstantKind.Integer, filled.Kind);
    }

    [Theory]
    [InlineData("Min", -2)]
    [InlineData("Max", 5)]
    public void The_extreme_of_any_number_of_constants(string op, double expected)
    {
        Constant[] all = [Constant.Vector(new Element(1)), Constant.Vector(new Element(0)), Constant.Vector(new Element(-2), new Element(-2)), Constant.Vector(new Element(5))];
        Assert.Equal([expected, expected], Values(Fold(Node(op), all)));
        Assert.Equal([1], Values(Fold(Node(op), all[0])));
        long budget = 5;
        Assert.Contains("more constants than the limit", Assert.Throws<UnsupportedNodeException>(() => ConstantFolding.Fold(Node(op), all, s_file, ref budget)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, -7, 3, 2)]
    [InlineData(1, -7, 3, -1)]
    [InlineData(0, 7, -3, -2)]
    [InlineData(1, 7, -3, 1)]
    public void The_remainder_has_the_sign_of_the_divisor_or_with_fmod_of_the_dividend(long fmod, double a, double b, double expected) =>
        Assert.Equal([expected], Values(Fold(Node("Mod", One("fmod", fmod)), Constant.Vector(new Element(a)), Constant.Vector(new Element(b)))));

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public void A_reduction_of_no_axes_is_one_of_all_or_none(long noop, bool isKept)
    {
        Constant x = Constant.Vector(new Element(3), new Element(4));
        OnnxNode node = Node("ReduceSum", One("noop_with_empty_axes", noop));
        Assert.Equal(isKept ? [3, 4] : [7], Values(Fold(node, x)));
        Assert.Equal(isKept ? [3, 4] : [7], Values(Fold(node, x, Constant.Vector())));
        Assert.Equal([7], Values(Fold(node, x, Constant.Vector(new Element(0)))));
    }

    [Fact]
    public void A_reduction_costs_what_it_reads()
    {
        long budget = 1000;
        Constant x = Constant.Vector(new Element[600]);
        ConstantFolding.Fold(Node("ReduceSum"), [x], s_file, ref budget);
        Assert.Throws<UnsupportedNodeException>(() => ConstantFolding.Fold(Node("ReduceSum"), [x], s_file, ref budget));
    }

    [Fact]
    public void A_choice_is_counted_before_it_is_computed()
    {
        long budget = 1 << 20;
        Constant row = Constant.Vector(new Element[1 << 15]);
        Constant column = Constant.Vector(new Element[1 << 15]).Reshaped([1 << 15, 1]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<UnsupportedNodeException>(() => ConstantFolding.Fold(Node("Where"), [column, row, row], s_file, ref budget));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    /// <summary>However many nodes read a weight under however many names and shapes, it is converted once; it is transposed once for each shape of a matrix.</summary>
    [Fact]
    public void A_weight_is_converted_once()
    {
        var weight = new Constant("w", [2, 3], ConstantKind.Real, () => Tensor.From<double>([2, 3], [1, 2, 3, 4, 5, 6]));
        Assert.Equal([1f, 2, 3, 4, 5, 6], weight.Floats([6]).Read<float>().ToArray());
        Assert.True(weight.Floats([3, 2]).Read<float>() == weight.Named("other").Reshaped([6]).Floats([3, 2]).Read<float>());
        Assert.False(weight.HasTransposed);
        Assert.True(weight.Transposed().Floats([6]).Read<float>() == weight.Named("other").Transposed().Floats([6]).Read<float>());
        Assert.True(weight.HasTransposed);
        Assert.False(weight.Reshaped([3, 2]).HasTransposed);
        Assert.Equal([1, 4, 2, 5, 3, 6], Values(weight.Transposed()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Copies_of_one_weight_count(bool isScaled)
    {
        var net = new HandMade(17, -1, 256);
        net.Weight("w", 256, 256);
        string[] layers = [.. Enumerable.Range(0, 400).Select(i => isScaled ? net.Node("Gemm", ["x", "w"], F("alpha", 0.5f)) : net.Node("MatMul", ["x", net.Node("Identity", ["w"])]))];
        byte[] file = net.Build(net.Node("Sum", layers)).ToByteArray();
        if (isScaled)
        {
            Assert.Contains("more constants than the limit", Assert.Throws<MalformedInputException>(() => OnnxReader.Read(file, "model.onnx")).Message, StringComparison.Ordinal);
            return;
        }

        OnnxReader.Read(file, "model.onnx"); // one copy for all
    }

    private static readonly OnnxFile s_file = new("test", null, new ModelProto(), Limits.Default);

    private static OnnxNode Node(string op, params AttributeProto[] attributes) => new(op, "", op, [], ["result"], attributes);

    private static Constant Fold(OnnxNode node, params Constant[] inputs)
    {
        long budget = 1000;
        return Assert.Single(ConstantFolding.Fold(node, inputs, s_file, ref budget));
    }

    private static double[] Values(Constant constant) => Array.ConvertAll(constant.Elements, element => element.Value);

    private static TensorProto Fill(string form, double value)
    {
        static TensorProto Raw(DataType type, params byte[] bytes) => new() { DataType = (int)type, RawData = ByteString.CopyFrom(bytes) };
        return form switch
        {
            "float" => new TensorProto { DataType = (int)DataType.Float, FloatData = { (float)value } },
            "double" => new TensorProto { DataType = (int)DataType.Double, DoubleData = { value } },
            "half" => new TensorProto { DataType = (int)DataType.Float16, Int32Data = { BitConverter.HalfToUInt16Bits((Half)value) } },
            "bfloat16" => new TensorProto { DataType = (int)DataType.Bfloat16, Int32Data = { (int)(BitConverter.SingleToUInt32Bits((float)value) >> 16) } },
            "int8" => new TensorProto { DataType = (int)DataType.Int8, Int32Data = { (int)value } },
            "int32" => new TensorProto { DataType = (int)DataType.Int32, Int32Data = { (int)value } },
            "uint32" => new TensorProto { DataType = (int)DataType.Uint32, Uint64Data = { (ulong)value } },
            "uint64" => new TensorProto { DataType = (int)DataType.Uint64, Uint64Data = { (ulong)value } },
            "bool" => new TensorProto { DataType = (int)DataType.Bool, Int32Data = { (int)value } },
            "raw float" => Raw(DataType.Float, BitConverter.GetBytes((float)value)),
            "raw double" => Raw(DataType.Double, BitConverter.GetBytes(value)),
            "raw half" => Raw(DataType.Float16, BitConverter.GetBytes((Half)value)),
            "raw int8" => Raw(DataType.Int8, (byte)(sbyte)value),
            "raw int16" => Raw(DataType.Int16, BitConverter.GetBytes((short)value)),
            "raw int64" => Raw(DataType.Int64, BitConverter.GetBytes((long)value)),
            "raw uint32" => Raw(DataType.Uint32, BitConverter.GetBytes((uint)value)),
            _ => Raw(DataType.Uint8, (byte)value),
        };
    }
}
