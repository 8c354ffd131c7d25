using System.Globalization;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Graphs.Tests;

public sealed class OpTests
{
    [Fact]
    public void Every_op_type_has_a_sample() =>
        Assert.Equal(AllOps.Types.Select(type => type.Name), AllOps.Samples.Select(sample => sample.Op.GetType().Name).Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void Every_kind_belongs_to_one_op_type() =>
        Assert.All(AllOps.Samples.GroupBy(sample => sample.Op.Kind), kind => Assert.Single(kind.Select(sample => sample.Op.GetType()).Distinct()));

    [Fact]
    public void Every_sample_makes_a_graph_of_the_shape_it_says()
    {
        foreach (OpSample sample in AllOps.Samples)
        {
            Graph graph = sample.ToGraph();
            Assert.True(sample.Output == graph.ShapeOf(graph.Outputs[0]), sample.ToString());
            Assert.Equal(sample.Op, graph[graph.Outputs[0]].Op);
        }
    }

    [Fact]
    public void Every_op_has_parameters_with_distinct_roles_that_are_names()
    {
        foreach (Op op in AllOps.Samples.Select(sample => sample.Op))
        {
            Assert.Equal(op.Parameters.Count, op.Parameters.Select(spec => spec.Role).Distinct().Count());
            Assert.All(op.Parameters, spec => Assert.Null(ScopeName.Fault(spec.Role)));
            Assert.All(op.Parameters, spec => Assert.True(spec.Shape.Count > 0, $"{op}: {spec}"));
        }
    }

    [Fact]
    public void Ops_with_impossible_attributes_can_still_be_asked_for_their_parameters()
    {
        Op[] ops = [new Conv2d(-3, -4, -5) { Groups = 0, Bias = true }, new Conv2d(3, 4, 1) { Groups = -1 }, new Linear(-1, -2), new BatchNorm(-7), new GroupNorm(0, -1), new LayerNorm(-1), new Affine(-1), new Pad(-1, 0)];
        Assert.All(ops, op => Assert.All(op.Parameters, spec => Assert.True(spec.Shape.Count >= 0)));
        var error = Assert.Throws<GraphException>(() => new Graph([new Node("x", new Input([3, 4, 4]), []), new Node("conv", ops[0], ["x"])], ["conv"]));
        Assert.Equal("conv: expected at least 1 channel in and out, found -3 and -4", error.Message);
    }

    public static TheoryData<Op, string> Dumps() => new()
    {
        { new Input([3, 224, 224]), "input(3x224x224)" },
        { new Conv2d(3, 64, 7) { Stride = 2, Padding = 3 }, "conv2d(3→64, 7x7, stride 2x2, padding 3)" },
        { new Conv2d(6, 4, (3, 5)) { Padding = (1, 2), Dilation = (1, 2), Groups = 2, Bias = true }, "conv2d(6→4, 3x5, padding 1x2, dilation 1x2, groups 2, bias)" },
        { new Conv2d(6, 4, 1) { Padding = new Padding(1, 2, 3, 4) }, "conv2d(6→4, 1x1, padding top 1 left 2 bottom 3 right 4)" },
        { new ChannelConv1d(5), "channel_conv1d(kernel 5)" },
        { new BatchNorm(64), "batch_norm(64)" },
        { new BatchNorm(64, 1e-3, 0.01), "batch_norm(64, eps 0.001, momentum 0.01)" },
        { new GroupNorm(2, 64, 1e-6), "group_norm(64, groups 2, eps 1E-06)" },
        { new BatchNorm(64) { Affine = false, RunningStatistics = false }, "batch_norm(64, not affine, no running statistics)" },
        { new Conv2d(3, 4, 3) { StandardizationEpsilon = 1e-6 }, "conv2d(3→4, 3x3, standardized weights of eps 1E-06)" },
        { new LayerNorm(64, 1e-6), "layer_norm(64, eps 1E-06)" },
        { new LocalResponseNorm(5, 0.01, 0.5, 2), "local_response_norm(size 5, alpha 0.01, beta 0.5, k 2)" },
        { new Affine(64, false), "affine(64, no bias)" },
        { new Quantize(), "quantize" },
        { new Conv2d(6, 4, 1) { Bias = true, QuantizedWeights = true }, "conv2d(6→4, 1x1, bias, 8-bit weights)" },
        { new Linear(5, 4) { QuantizedWeights = true }, "linear(5→4, 8-bit weights)" },
        { new Relu(), "relu" },
        { new LeakyRelu(0.1), "leaky_relu(slope 0.1)" },
        { new PRelu(1), "prelu(1 slope)" },
        { new PRelu(64), "prelu(64 slopes)" },
        { new HardTanh(-1, 0.5), "hard_tanh(-1 to 0.5)" },
        { new Elu(), "elu" },
        { new Elu(0.5), "elu(alpha 0.5)" },
        { new ChannelSlice(2, 3), "channel_slice(2..5)" },
        { new ChannelShuffle(2), "channel_shuffle(groups 2)" },
        { new PadChannels(8, 8), "pad_channels(8 before, 8 after)" },
        { new Pad(6, 1), "pad(6, padding 1)" },
        { new Pad(6, 1) { Mode = PaddingMode.Reflect }, "pad(6, padding 1, reflect)" },
        { new Pad(6, 1) { Mode = PaddingMode.Zero }, "pad(6, padding 1, zero)" },
        { new MaxPool(3) { Stride = 2, Padding = 1, CeilMode = true }, "max_pool(3x3, stride 2x2, padding 1, ceil)" },
        { new MaxPool(2) { Dilation = 2 }, "max_pool(2x2, stride 2x2, dilation 2x2)" },
        { new AveragePool(2) { Padding = 1, CountIncludePad = false }, "average_pool(2x2, stride 2x2, padding 1, padding not counted)" },
        { new AdaptiveAveragePool(1), "adaptive_average_pool(1x1)" },
        { new AdaptiveMaxPool((2, 3)), "adaptive_max_pool(2x3)" },
        { new BlurPool(), "blur_pool" },
        { new RadixSoftmax(2), "radix_softmax(radix 2)" },
        { new Linear(512, 1000), "linear(512→1000)" },
        { new Linear(512, 1000, Bias: false), "linear(512→1000, no bias)" },
        { new Dropout(), "dropout(0.5)" },
        { new StochasticDepth(0.8) { Scaling = StochasticDepthScaling.Inverted }, "stochastic_depth(p 0.8, residual, batch, inverted)" },
    };

    [Theory]
    [MemberData(nameof(Dumps))]
    public void An_op_reads_as_its_kind_and_its_unusual_attributes_in_any_culture(Op op, string expected)
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        var commas = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        commas.NumberFormat.NumberDecimalSeparator = ",";
        CultureInfo.CurrentCulture = commas;
        try
        {
            Assert.Equal("0,5", $"{0.5}"); // the culture does matter where nobody takes care
            Assert.Equal(expected, op.ToString());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Ops_are_equal_when_their_attributes_are()
    {
        Assert.Equal(new Conv2d(3, 8, 3) { Stride = 2 }, new Conv2d(3, 8, (3, 3)) { Stride = (2, 2) });
        Assert.NotEqual(new Conv2d(3, 8, 3), new Conv2d(3, 8, 3) { Bias = true });
        Assert.NotEqual<Op>(new Relu(), new Relu6());
        Assert.Equal(new Input([3, 4, 4]), new Input(Shape.Of(3, 4, 4)));
        Assert.Equal(AllOps.Samples.Count, AllOps.Samples.Select(sample => (sample.Op, sample.ToString())).Distinct().Count());
    }

    [Fact]
    public void A_pools_stride_is_its_window_unless_given()
    {
        Assert.Equal(new Size(3, 2), new MaxPool((3, 2)).Stride);
        Assert.Equal(new Size(3, 2), new AveragePool((3, 2)).Stride);
    }

    [Fact]
    public void Depthwise_is_a_group_for_each_channel()
    {
        Assert.True(new Conv2d(8, 16, 3) { Groups = 8 }.IsDepthwise);
        Assert.False(new Conv2d(8, 16, 3) { Groups = 4 }.IsDepthwise);
        Assert.False(new Conv2d(1, 16, 3).IsDepthwise);
    }

    [Theory]
    [InlineData(StochasticDepthForm.Residual, StochasticDepthScaling.Paper, 1, 0.8)]
    [InlineData(StochasticDepthForm.Residual, StochasticDepthScaling.Inverted, 1, 1)]
    [InlineData(StochasticDepthForm.Bypass, StochasticDepthScaling.Paper, 0.2, 0.8)]
    [InlineData(StochasticDepthForm.Bypass, StochasticDepthScaling.Inverted, 0, 1)]
    public void Stochastic_depth_at_inference_is_the_mean_of_training(StochasticDepthForm form, StochasticDepthScaling scaling, double shortcut, double branch)
    {
        (double foundShortcut, double foundBranch) = (new StochasticDepth(0.8) { Form = form, Scaling = scaling }).InferenceFactors;
        Assert.Equal(shortcut, foundShortcut, 1e-15);
        Assert.Equal(branch, foundBranch, 1e-15);
    }
}
