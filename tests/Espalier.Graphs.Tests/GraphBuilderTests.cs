using Espalier.Tensors;

namespace Espalier.Graphs.Tests;

public sealed class GraphBuilderTests
{
    [Fact]
    public void Scopes_nest_and_end_also_when_a_block_throws()
    {
        var net = new GraphBuilder();
        Value x = net.Input(3, 8, 8);
        Assert.Throws<GraphException>(() => x.In("a", x => x.In("b", x => x.ChannelShuffle("bad", 2))));
        Assert.Equal("a.b.c.act", x.In("a", x => x.In("b.c", x => x.Relu("act"))).Name);
        Assert.Equal("act", x.Relu("act").Name);
    }

    [Fact]
    public void A_value_knows_its_shape_and_channels()
    {
        Value x = new GraphBuilder().Input(3, 8, 6);
        Assert.Equal(Shape.Of(3, 8, 6), x.Shape);
        Assert.Equal(16, x.Conv2d("conv", 16, 3).Channels);
        Assert.Equal(144, x.Flatten("flat").Channels);
    }

    [Fact]
    public void A_node_that_cannot_be_is_refused_where_it_is_written_and_leaves_no_trace()
    {
        var net = new GraphBuilder();
        Value x = net.Input(3, 8, 8);
        var error = Assert.Throws<GraphException>(() => x.In("layer1", x => x.Conv2d("conv", 8, 9)));
        Assert.Equal("layer1.conv: a 9x9 window with dilation 1x1 does not fit into a map of 8x8 with padding 0", error.Message);
        Graph graph = net.Build(x.In("layer1", x => x.Conv2d("conv", 8, 3)));
        Assert.Equal(["input", "layer1.conv"], graph.Nodes.Select(node => node.Name));
    }

    [Fact]
    public void A_name_taken_or_impossible_is_refused_where_it_is_written()
    {
        var net = new GraphBuilder();
        Value x = net.Input(3, 8, 8).Relu("act");
        Assert.Equal("act: the name is used by two nodes", Assert.Throws<GraphException>(() => x.Relu("act")).Message);
        Assert.Equal("graph: the name 'a b' has characters other than letters, digits, '_' and '-'", Assert.Throws<GraphException>(() => x.Relu("a b")).Message);
        Assert.Equal("graph: the name '' has an empty part", Assert.Throws<GraphException>(() => x.Relu("")).Message);
    }

    [Fact]
    public void Values_of_another_builder_are_refused_as_inputs_and_as_outputs()
    {
        var net = new GraphBuilder();
        Value x = net.Input(3, 8, 8);
        Value other = new GraphBuilder().Input(3, 8, 8, "other");
        Assert.Equal("sum: reads 'other', which belongs to another builder", Assert.Throws<GraphException>(() => x.Add("sum", other)).Message);
        Assert.Equal("sum: reads a value of no builder", Assert.Throws<GraphException>(() => x.Add("sum", default)).Message);
        Assert.Equal("graph: has the output 'other', which belongs to another builder", Assert.Throws<GraphException>(() => net.Build(other)).Message);
        Assert.Equal("graph: has the output a value of no builder", Assert.Throws<GraphException>(() => net.Build(default(Value))).Message);
    }

    [Fact]
    public void A_value_that_nothing_uses_is_refused_when_building()
    {
        var net = new GraphBuilder();
        Value x = net.Input(3, 8, 8);
        x.Relu("unused");
        Assert.Equal("unused: no output depends on this node", Assert.Throws<GraphException>(() => net.Build(x.Relu("used"))).Message);
    }

    [Fact]
    public void A_tied_node_shares_the_parameters_of_another_also_through_a_third()
    {
        var net = new GraphBuilder();
        var conv = new Conv2d(4, 4, 3) { Padding = 1 };
        Value x = net.Input(4, 8, 8).Then("a", conv);
        x = net.Append("b", conv, [x], tiedTo: "a");
        x = net.Append("c", conv with { Stride = 2 }, [x], tiedTo: "b");
        Graph graph = net.Build(x);
        Assert.Equal(["a.weight"], graph.Parameters.Select(parameter => parameter.Key));
        Assert.Equal("a.weight", graph["c"].Parameter("weight"));
    }

    [Fact]
    public void A_tie_to_nothing_or_to_other_parameters_is_refused()
    {
        var net = new GraphBuilder();
        Value x = net.Input(4, 8, 8).Conv2d("a", 4, 3, padding: 1);
        Assert.Equal(
            "b: is tied to 'z', but there is no such node before it",
            Assert.Throws<GraphException>(() => net.Append("b", new Conv2d(4, 4, 3), [x], tiedTo: "z")).Message);
        Assert.Equal(
            "b: is tied to 'a', but takes the parameters [weight of 4x4x3x3, bias of 4] and not its [weight of 4x4x3x3]",
            Assert.Throws<GraphException>(() => net.Append("b", new Conv2d(4, 4, 3) { Bias = true }, [x], tiedTo: "a")).Message);
    }

    [Fact]
    public void The_weight_of_an_op_can_have_a_name_of_its_own()
    {
        var net = new GraphBuilder();
        Value x = net.Input(4, 8, 8).In("block", x => x.Affine("scale", bias: false, weight: "gamma").Affine("norm", weight: "norm_weight"));
        Graph graph = net.Build(x);
        Assert.Equal(["block.gamma", "block.norm_weight", "block.norm.bias"], graph.Parameters.Select(parameter => parameter.Key));
        Assert.Equal("b: has no parameters, but 'w' was given as the name of its weight", Assert.Throws<GraphException>(() => net.Append("b", new Relu(), [x], weight: "w")).Message);
        Assert.Throws<GraphException>(() => x.Affine("c", weight: ".."));
    }

    [Fact]
    public void Every_method_writes_the_op_it_is_named_after()
    {
        var net = new GraphBuilder();
        Value x = net.Input(8, 12, 12);
        (Value Value, Op Expected)[] written =
        [
            (x.Conv2d("n0", 4, (3, 5), (1, 2), (0, 1), (2, 1), 4, true), new Conv2d(8, 4, (3, 5)) { Stride = (1, 2), Padding = (0, 1), Dilation = (2, 1), Groups = 4, Bias = true }),
            (x.GlobalAveragePool("mean").ChannelConv1d("n0b", 3), new ChannelConv1d(3)),
            (x.BatchNorm("n1", 1e-3, 0.2), new BatchNorm(8, 1e-3, 0.2)),
            (x.GroupNorm("n2", 2, 1e-6), new GroupNorm(2, 8, 1e-6)),
            (x.LayerNorm("layer_norm", 1e-6), new LayerNorm(8, 1e-6)),
            (x.LocalResponseNorm("lrn", 5, 0.1, 0.5, 2), new LocalResponseNorm(5, 0.1, 0.5, 2)),
            (x.Affine("affine", bias: false), new Affine(8, false)),
            (x.Quantize("quantize"), new Quantize()),
            (x.Relu("n3"), new Relu()),
            (x.LeakyRelu("n4", 0.2), new LeakyRelu(0.2)),
            (x.Relu6("n5"), new Relu6()),
            (x.Silu("n6"), new Silu()),
            (x.HardSwish("n7"), new HardSwish()),
            (x.Sigmoid("n8"), new Sigmoid()),
            (x.Gelu("gelu"), new Gelu()),
            (x.HardSigmoid("hard_sigmoid"), new HardSigmoid()),
            (x.PRelu("prelu"), new PRelu(1)),
            (x.PRelu("prelu_each", perChannel: true), new PRelu(8)),
            (x.HardTanh("hard_tanh", -1, 2), new HardTanh(-1, 2)),
            (x.Elu("elu", 0.5), new Elu(0.5)),
            (x.Selu("selu"), new Selu()),
            (x.Tanh("tanh"), new Tanh()),
            (x.Mish("mish"), new Mish()),
            (x.GeluTanh("gelu_tanh"), new GeluTanh()),
            (x.Add("n9", x), new Add()),
            (x.Multiply("n10", x), new Multiply()),
            (x.Concat("n11", x, x), new Concat()),
            (x.ChannelSlice("n12", 1, 2), new ChannelSlice(1, 2)),
            (x.ChannelShuffle("n13", 4), new ChannelShuffle(4)),
            (x.PadChannels("n14", 1, 2), new PadChannels(1, 2)),
            (x.Pad("n15", (1, 2)), new Pad(8, (1, 2))),
            (x.Pad("edge", 1, PaddingMode.Replicate), new Pad(8, 1) { Mode = PaddingMode.Replicate }),
            (x.MaxPool("n16", 3, 2, 1, 2, true), new MaxPool(3) { Stride = 2, Padding = 1, Dilation = 2, CeilMode = true }),
            (x.MaxPool("n17", 3), new MaxPool(3)),
            (x.AveragePool("n18", 3, 2, 1, true, false), new AveragePool(3) { Stride = 2, Padding = 1, CeilMode = true, CountIncludePad = false }),
            (x.AveragePool("n19", 2), new AveragePool(2)),
            (x.AdaptiveAveragePool("n20", (2, 3)), new AdaptiveAveragePool((2, 3))),
            (x.GlobalAveragePool("n21"), new AdaptiveAveragePool(1)),
            (x.AdaptiveMaxPool("n21b", (2, 3)), new AdaptiveMaxPool((2, 3))),
            (x.GlobalMaxPool("n21c"), new AdaptiveMaxPool(1)),
            (x.BlurPool("blur"), new BlurPool()),
            (x.RadixSoftmax("radix", 4), new RadixSoftmax(4)),
            (x.Flatten("n22"), new Flatten()),
            (x.Flatten("n23").Linear("n24", 5, false), new Linear(8 * 12 * 12, 5, false)),
            (x.Dropout("n25", 0.3), new Dropout(0.3)),
            (x.Flatten("n26").Softmax("n27"), new Softmax()),
            (x.StochasticDepth("n28", x, new StochasticDepth(0.7)), new StochasticDepth(0.7)),
        ];
        Graph graph = net.Build([.. written.Select(pair => pair.Value)]);
        Assert.All(written, pair => Assert.Equal(pair.Expected, graph[pair.Value.Name].Op));
        Assert.Equal([], Testing.AllOps.Types.Except(graph.Nodes.Select(node => node.Op.GetType())).Select(type => type.Name));
    }

    [Fact]
    public void Values_are_equal_when_they_are_the_result_of_one_node()
    {
        var net = new GraphBuilder();
        Value x = net.Input(3, 8, 8);
        Value same = x;
        Assert.True(x == same);
        Assert.True(x != x.Relu("act"));
        Assert.True(x != new GraphBuilder().Input(3, 8, 8));
        Assert.Equal(x.GetHashCode(), same.GetHashCode());
        Assert.False(x.Equals("input"));
    }
}
