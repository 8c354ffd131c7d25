using Espalier.Tensors;

namespace Espalier.Graphs.Tests;

public sealed class ShapeInferenceTests
{
    private static readonly Shape Map = [6, 9, 8];
    private static readonly Shape Vector = [12];

    public static TheoryData<Op, Shape[], Shape> Possible() => new()
    {
        { new Input([3, 224, 224]), [], [3, 224, 224] },
        { new Input([10]), [], [10] },
        { new Conv2d(3, 64, 7) { Stride = 2, Padding = 3 }, [[3, 224, 224]], [64, 112, 112] },
        { new Conv2d(6, 4, (3, 5)) { Stride = (2, 1), Padding = (1, 2), Groups = 2 }, [Map], [4, 5, 8] },
        { new Conv2d(6, 6, 3) { Padding = new Padding(1, 0, 2, 1), Groups = 6 }, [Map], [6, 10, 7] },
        { new Conv2d(6, 2, 3) { Dilation = (4, 3) }, [Map], [2, 1, 2] },
        { new Conv2d(6, 2, (9, 8)), [Map], [2, 1, 1] },
        { new ChannelConv1d(3), [[6, 1, 1]], [6, 1, 1] },
        { new ChannelConv1d(15), [Vector], Vector },
        { new BatchNorm(6), [Map], Map },
        { new BatchNorm(12), [Vector], Vector },
        { new GroupNorm(2, 6), [Map], Map },
        { new LayerNorm(6), [Map], Map },
        { new LayerNorm(12), [Vector], Vector },
        { new LocalResponseNorm(5), [Map], Map },
        { new Affine(6), [Map], Map },
        { new Affine(12, false), [Vector], Vector },
        { new Relu(), [Map], Map },
        { new LeakyRelu(-0.5), [Vector], Vector },
        { new PRelu(6), [Map], Map },
        { new PRelu(1), [Vector], Vector },
        { new Add(), [Map, Map, Map], Map },
        { new Multiply(), [Map, Map], Map },
        { new Multiply(), [Map, [6, 1, 1]], Map },
        { new Multiply(), [Vector, Vector], Vector },
        { new Concat(), [Map, [1, 9, 8], [2, 9, 8]], [9, 9, 8] },
        { new Concat(), [Vector, [3]], [15] },
        { new Concat(), [Map], Map },
        { new ChannelSlice(2, 3), [Map], [3, 9, 8] },
        { new ChannelSlice(11, 1), [Vector], [1] },
        { new ChannelShuffle(3), [Map], Map },
        { new PadChannels(1, 2), [Map], [9, 9, 8] },
        { new PadChannels(0, 0), [Vector], Vector },
        { new Pad(6, new Padding(1, 2, 3, 4)), [Map], [6, 13, 14] },
        { new Pad(6, new Padding(8, 7, 8, 7)) { Mode = PaddingMode.Reflect }, [Map], [6, 25, 22] },
        { new Pad(6, 20) { Mode = PaddingMode.Replicate }, [Map], [6, 49, 48] },
        { new MaxPool(3) { Stride = 2, Padding = 1 }, [Map], [6, 5, 4] },
        { new MaxPool(2), [Map], [6, 4, 4] },
        { new MaxPool(2) { CeilMode = true }, [Map], [6, 5, 4] },
        { new MaxPool(2) { Dilation = (8, 7) }, [Map], [6, 1, 1] },
        { new AveragePool((3, 2)), [Map], [6, 3, 4] },
        { new AdaptiveAveragePool(1), [Map], [6, 1, 1] },
        { new AdaptiveAveragePool((20, 3)), [Map], [6, 20, 3] },
        { new AdaptiveMaxPool((20, 3)), [Map], [6, 20, 3] },
        { new BlurPool(), [Map], [6, 5, 4] },
        { new BlurPool(), [[6, 2, 3]], [6, 1, 2] },
        { new Flatten(), [Map], [432] },
        { new Flatten(), [Vector], Vector },
        { new Linear(12, 1000), [Vector], [1000] },
        { new Dropout(0), [Map], Map },
        { new Softmax(), [Vector], Vector },
        { new RadixSoftmax(3), [Map], Map },
        { new StochasticDepth(1), [Map, Map], Map },
    };

    [Theory]
    [MemberData(nameof(Possible))]
    public void The_result_has_the_shape_of_the_definition(Op op, Shape[] inputs, Shape expected) =>
        Assert.Equal(expected, op.Infer(new OpInputs("node", inputs)));

    public static TheoryData<Op, Shape[], string> Impossible() => new()
    {
        { new Input([3, 224]), [], "expected a sample of rank 1 (features) or 3 (channels x height x width), found 3x224" },
        { new Input([3, 0, 5]), [], "expected extents of at least 1, found 3x0x5" },
        { new Input([3]), [Vector], "takes 0 input(s), found 1" },
        { new Conv2d(3, 8, 3), [Map], "was made for 3 channels, found 6" },
        { new Conv2d(6, 8, 3), [Vector], "expected a feature map (channels x height x width), found 12" },
        { new Conv2d(6, 8, 3), [Map, Map], "takes 1 input(s), found 2" },
        { new Conv2d(6, 8, 3), [], "takes 1 input(s), found 0" },
        { new Conv2d(6, 8, 3) { Groups = 4 }, [Map], "4 groups do not divide 6 and 8 channels" },
        { new Conv2d(6, 8, 3) { Groups = 3 }, [Map], "3 groups do not divide 6 and 8 channels" },
        { new Conv2d(6, 8, 3) { Groups = 0 }, [Map], "0 groups do not divide 6 and 8 channels" },
        { new Conv2d(6, 0, 3), [Map], "expected at least 1 channel in and out, found 6 and 0" },
        { new Conv2d(-6, 8, 3), [Map], "expected at least 1 channel in and out, found -6 and 8" },
        { new Conv2d(6, 8, (0, 3)), [Map], "expected a kernel of at least 1x1, found 0x3" },
        { new Conv2d(6, 8, 3) { Stride = (1, 0) }, [Map], "expected a stride of at least 1, found 1x0" },
        { new Conv2d(6, 8, 3) { Dilation = 0 }, [Map], "expected a dilation of at least 1, found 0x0" },
        { new Conv2d(6, 8, 3) { Padding = new Padding(1, 1, -1, 1) }, [Map], "expected padding of at least 0, found top 1 left 1 bottom -1 right 1" },
        { new Conv2d(6, 8, (10, 3)), [Map], "a 10x3 window with dilation 1x1 does not fit into a map of 9x8 with padding 0" },
        { new Conv2d(6, 8, int.MaxValue) { Dilation = int.MaxValue }, [Map], "a 2147483647x2147483647 window with dilation 2147483647x2147483647 does not fit into a map of 9x8 with padding 0" },
        { new ChannelConv1d(3), [Map], "expected one pixel (channels x 1 x 1) or a vector, found 6x9x8" },
        { new ChannelConv1d(4), [Vector], "expected an odd kernel, found 4" },
        { new ChannelConv1d(-1), [Vector], "expected an odd kernel, found -1" },
        { new BatchNorm(5), [Map], "was made for 5 channels, found 6" },
        { new BatchNorm(6, -1e-5), [Map], "expected a finite epsilon of at least 0, found -1E-05" },
        { new BatchNorm(6, double.NaN), [Map], "expected a finite epsilon of at least 0, found NaN" },
        { new BatchNorm(6, 1e-5, 1.5), [Map], "expected a momentum from 0 to 1, found 1.5" },
        { new GroupNorm(4, 6), [Map], "4 groups do not divide 6 channels" },
        { new GroupNorm(0, 6), [Map], "0 groups do not divide 6 channels" },
        { new GroupNorm(2, 4), [Map], "was made for 4 channels, found 6" },
        { new GroupNorm(2, 6, double.PositiveInfinity), [Map], "expected a finite epsilon of at least 0, found Infinity" },
        { new Conv2d(6, 4, 1) { StandardizationEpsilon = -1 }, [Map], "expected a finite epsilon of at least 0 for the standardization of weights, found -1" },
        { new LayerNorm(5), [Map], "was made for 5 channels, found 6" },
        { new LayerNorm(6, -1), [Map], "expected a finite epsilon of at least 0, found -1" },
        { new LocalResponseNorm(4), [Map], "expected an odd size of at least 1, found 4: PyTorch and ONNX put the additional channel of an even size on different sides" },
        { new LocalResponseNorm(5, -1), [Map], "expected a finite alpha of at least 0, found -1" },
        { new LocalResponseNorm(5, 1, double.NaN), [Map], "expected a finite beta of at least 0, found NaN" },
        { new LocalResponseNorm(5, 1, 1, 0), [Map], "expected a finite k above 0, found 0" },
        { new LocalResponseNorm(5), [Vector], "expected a feature map (channels x height x width), found 12" },
        { new Affine(5), [Map], "was made for 5 channels, found 6" },
        { new GroupNorm(2, 12), [Vector], "expected a feature map (channels x height x width), found 12" },
        { new Relu(), [Map, Map], "takes 1 input(s), found 2" },
        { new LeakyRelu(double.NaN), [Map], "expected a finite slope, found NaN" },
        { new HardTanh(1, 0.5), [Map], "expected a finite range, found 1 to 0.5" },
        { new HardTanh(0, double.PositiveInfinity), [Map], "expected a finite range, found 0 to Infinity" },
        { new Elu(double.NaN), [Map], "expected a finite alpha, found NaN" },
        { new PRelu(9), [Map], "expected 1 slope or one for each of 6 channels, found 9" },
        { new PRelu(0), [Map], "expected 1 slope or one for each of 6 channels, found 0" },
        { new Quantize(), [Map, Map], "takes 1 input(s), found 2" },
        { new Quantize(), [[3, 4]], "expected a feature map or a vector, found 3x4" },
        { new Conv2d(6, 4, 1) { QuantizedWeights = true, StandardizationEpsilon = 0 }, [Map], "has weights that are both standardized and quantized: fold the standardization into the weights first" },
        { new Add(), [Map], "takes 2 or more inputs, found 1" },
        { new Add(), [Map, Map, [6, 9, 7]], "expected inputs of one shape, found 6x9x8 and 6x9x7" },
        { new Multiply(), [Map], "takes 2 input(s), found 1" },
        { new Multiply(), [[6, 1, 1], Map], "expected a second input of shape 6x1x1 or one pixel of as many channels, found 6x9x8" },
        { new Concat(), [], "takes 1 or more inputs, found none" },
        { new Concat(), [Map, [6, 8, 9]], "expected maps of one height and width, found 6x9x8 and 6x8x9" },
        { new Concat(), [Map, Vector], "expected maps of one height and width, found 6x9x8 and 12" },
        { new Concat(), [[int.MaxValue], [1]], "2147483648 channels are more than can be counted" },
        { new ChannelSlice(4, 3), [Map], "channels 4..7 are not inside the 6 there are" },
        { new ChannelSlice(0, 0), [Map], "channels 0..0 are not inside the 6 there are" },
        { new ChannelSlice(-1, 2), [Map], "channels -1..1 are not inside the 6 there are" },
        { new ChannelSlice(1, int.MaxValue), [Map], "channels 1..2147483648 are not inside the 6 there are" },
        { new ChannelShuffle(4), [Map], "4 groups do not divide 6 channels" },
        { new PadChannels(-1, 2), [Map], "expected at least 0 channels on each side, found -1 and 2" },
        { new PadChannels(int.MaxValue, 2), [Map], "2147483655 channels are more than can be counted" },
        { new Pad(5, 1), [Map], "was made for 5 channels, found 6" },
        { new Pad(6, -1), [Map], "expected padding of at least 0, found -1" },
        { new Pad(6, int.MaxValue), [Map], "a map of 4294967303x4294967302 is larger than can be counted" },
        { new Pad(6, (9, 0)) { Mode = PaddingMode.Reflect }, [Map], "expected padding of less than the map of 9x8 to reflect, found 9x0" },
        { new Pad(6, new Padding(0, 0, 0, 8)) { Mode = PaddingMode.Reflect }, [Map], "expected padding of less than the map of 9x8 to reflect, found top 0 left 0 bottom 0 right 8" },
        { new Pad(6, 1) { Mode = (PaddingMode)7 }, [Map], "expected a padding mode, found 7" },
        { new MaxPool(3) { Padding = 2 }, [Map], "expected padding of at most half the 3x3 window, found 2" },
        { new MaxPool(10), [Map], "a 10x10 window with dilation 1x1 does not fit into a map of 9x8 with padding 0" },
        { new MaxPool(0), [Map], "expected a kernel of at least 1x1, found 0x0" },
        { new AveragePool(2) { Padding = new Padding(0, 0, 0, 2) }, [Map], "expected padding of at most half the 2x2 window, found top 0 left 0 bottom 0 right 2" },
        { new AveragePool(2) { Padding = int.MaxValue }, [Map], "expected padding of at most half the 2x2 window, found 2147483647" },
        { new AveragePool(2), [Vector], "expected a feature map (channels x height x width), found 12" },
        { new AdaptiveAveragePool((0, 1)), [Map], "expected an output of at least 1x1, found 0x1" },
        { new AdaptiveMaxPool((1, 0)), [Map], "expected an output of at least 1x1, found 1x0" },
        { new BlurPool(), [[6, 1, 8]], "expected a map of at least 2x2 to reflect, found 1x8" },
        { new RadixSoftmax(4), [Map], "4 groups do not divide 6 channels" },
        { new RadixSoftmax(0), [Map], "0 groups do not divide 6 channels" },
        { new Linear(12, 5), [Map], "expected a vector, found 6x9x8: flatten it first" },
        { new Linear(11, 5), [Vector], "was made for 11 features, found 12" },
        { new Linear(12, 0), [Vector], "expected at least 1 feature in and out, found 12 and 0" },
        { new Dropout(1), [Map], "expected a probability from 0 up to but not including 1, found 1" },
        { new Dropout(double.NaN), [Map], "expected a probability from 0 up to but not including 1, found NaN" },
        { new Softmax(), [Map], "expected a vector, found 6x9x8" },
        { new StochasticDepth(0), [Map, Map], "expected a survival probability above 0 and at most 1, found 0" },
        { new StochasticDepth(1.01), [Map, Map], "expected a survival probability above 0 and at most 1, found 1.01" },
        { new StochasticDepth(0.5), [Map, [6, 9, 9]], "expected a shortcut and a branch of one shape, found 6x9x8 and 6x9x9" },
        { new StochasticDepth(0.5), [Map], "takes 2 input(s), found 1" },
    };

    [Theory]
    [MemberData(nameof(Impossible))]
    public void What_cannot_be_is_refused_with_the_node_what_was_found_and_what_was_expected(Op op, Shape[] inputs, string reason)
    {
        var error = Assert.Throws<GraphException>(() => op.Infer(new OpInputs("layer1.0.it", inputs)));
        Assert.Equal($"layer1.0.it: {reason}", error.Message);
        Assert.Equal(("layer1.0.it", reason), (error.Node, error.Reason));
    }

    [Fact]
    public void Every_op_has_impossible_inputs_in_the_list_above()
    {
        IEnumerable<Type> listed = Impossible().Select(row => row.Data.Item1.GetType());
        // The other activations share LeakyRelu's and Relu's rule; Flatten takes anything.
        Type[] without = [typeof(Relu6), typeof(Silu), typeof(HardSwish), typeof(Sigmoid), typeof(Gelu), typeof(HardSigmoid), typeof(Selu), typeof(Tanh), typeof(Mish), typeof(GeluTanh), typeof(Flatten)];
        Assert.Equal([], Testing.AllOps.Types.Except(listed).Except(without).Select(type => type.Name));
    }
}
