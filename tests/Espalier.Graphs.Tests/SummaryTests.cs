using Espalier.Tensors;

namespace Espalier.Graphs.Tests;

public sealed class SummaryTests
{
    [Fact]
    public void Three_stacked_3x3s_see_3_then_5_then_7_pixels()
    {
        Value x = new GraphBuilder().Input(1, 32, 32);
        x = x.Conv2d("a", 1, 3, padding: 1).Conv2d("b", 1, 3, padding: 1).Conv2d("c", 1, 3, padding: 1);
        IReadOnlyDictionary<string, ReceptiveField> fields = ReceptiveField.Of(x.Builder.Build(x));
        Assert.Equal([new Size(1, 1), 3, 5, 7], fields.Values.Select(field => field.Field));
        Assert.All(fields.Values, field => Assert.Equal(1, field.Stride));
    }

    [Fact]
    public void Strides_multiply_and_widen_the_steps_of_later_windows()
    {
        // ResNet's stem at 224: conv 7x7/2, then pool 3x3/2: 7, then 7 + 2·2 = 11 (Araujo 2019, table 1, has the same).
        Value x = new GraphBuilder().Input(3, 224, 224);
        x = x.Conv2d("conv1", 64, 7, 2, 3).MaxPool("maxpool", 3, 2, 1).Conv2d("next", 64, 3, padding: 1);
        IReadOnlyDictionary<string, ReceptiveField> fields = ReceptiveField.Of(x.Builder.Build(x));
        Assert.Equal(new ReceptiveField(7, 2), fields["conv1"]);
        Assert.Equal(new ReceptiveField(11, 4), fields["maxpool"]);
        Assert.Equal(new ReceptiveField(19, 4), fields["next"]);
    }

    [Fact]
    public void The_axes_are_separate_and_dilation_counts()
    {
        Value x = new GraphBuilder().Input(1, 32, 32).Conv2d("a", 1, (1, 5), (1, 2)).Conv2d("b", 1, (3, 3), dilation: (4, 1));
        Assert.Equal(new ReceptiveField((9, 9), (1, 2)), ReceptiveField.Of(x.Builder.Build(x))["b"]);
    }

    [Fact]
    public void Where_paths_meet_the_wider_counts_and_a_norm_over_the_map_sees_it_all()
    {
        Value x = new GraphBuilder().Input(2, 16, 12);
        Value sum = x.Conv2d("a", 2, 5, padding: 2).Add("sum", x);
        Value end = sum.GroupNorm("norm", 1).GlobalAveragePool("pool").Flatten("flat").Linear("fc", 3);
        IReadOnlyDictionary<string, ReceptiveField> fields = ReceptiveField.Of(x.Builder.Build(end));
        Assert.Equal((Size)5, fields["sum"].Field);
        Assert.Equal(new Size(20, 16), fields["norm"].Field);
        Assert.Equal(new ReceptiveField((35, 27), (16, 12)), fields["fc"]);
    }

    [Fact]
    public void A_receptive_field_beyond_counting_stays_at_the_largest_number()
    {
        Value x = new GraphBuilder().Input(1, 1, 1);
        for (int i = 0; i < 5; i++)
        {
            x = x.Conv2d($"conv{i}", 1, 1, 1_000_000_000).Conv2d($"wide{i}", 1, 3, padding: 1);
        }

        Assert.Equal(new ReceptiveField(int.MaxValue, int.MaxValue), ReceptiveField.Of(x.Builder.Build(x))["wide4"]);
    }

    [Fact]
    public void A_bottleneck_holds_69632_weights_where_two_3x3s_hold_1179648()
    {
        Value x = new GraphBuilder().Input(256, 14, 14);
        Value plain = x.Conv2d("a", 256, 3, padding: 1).Conv2d("b", 256, 3, padding: 1);
        var two = new NetworkSummary(plain.Builder.Build(plain));
        Value y = new GraphBuilder().Input(256, 14, 14);
        y = y.Conv2d("a", 64, 1).Conv2d("b", 64, 3, padding: 1).Conv2d("c", 256, 1);
        var bottleneck = new NetworkSummary(y.Builder.Build(y));
        Assert.Equal(1_179_648, two.Parameters);
        Assert.Equal(69_632, bottleneck.Parameters);
        Assert.Equal(16.94, (double)two.Parameters / bottleneck.Parameters, 0.005);
        Assert.Equal(two.Parameters * 14 * 14, two.MultiplyAccumulates);
    }

    [Fact]
    public void Multiply_accumulates_count_groups_and_output_pixels()
    {
        Value x = new GraphBuilder().Input(8, 9, 9);
        x = x.Conv2d("conv", 16, (3, 5), 2, 1, groups: 4, bias: true).BatchNorm("bn").Relu("act").Flatten("flat").Linear("fc", 10);
        Graph graph = x.Builder.Build(x);
        Assert.Equal(Shape.Of(16, 5, 4), graph.ShapeOf("conv"));
        Assert.Equal(16 * 5 * 4 * 2 * 15, MultiplyAccumulates.Of(graph, graph["conv"]));
        Assert.Equal(320 * 10, MultiplyAccumulates.Of(graph, graph["fc"]));
        Assert.Equal(0, MultiplyAccumulates.Of(graph, graph["bn"]));
        Assert.Equal((16 * 5 * 4 * 2 * 15) + 3200, new NetworkSummary(graph).MultiplyAccumulates);
    }

    [Fact]
    public void Buffers_do_not_count_and_tied_parameters_count_once()
    {
        var net = new GraphBuilder();
        var conv = new Conv2d(4, 4, 3) { Padding = 1 };
        Value x = net.Append("b", conv, [net.Input(4, 8, 8).Then("a", conv)], tiedTo: "a").BatchNorm("bn").Pad("pad", 1);
        var summary = new NetworkSummary(net.Build(x));
        Assert.Equal([0, 144, 0, 8, 0], summary.Nodes.Select(row => row.Parameters));
        Assert.Equal(2 * 144 * 64, summary.MultiplyAccumulates);
    }

    [Fact]
    public void Depth_is_that_of_the_longest_path_and_goes_past_projections()
    {
        Graph graph = SmallResNet.Create();
        Assert.Equal(6, NetworkDepth.Of(graph));
        Assert.Equal(2, NetworkDepth.Of(graph, name => ScopeName.Contains("layer2", name)));
    }

    [Fact]
    public void Stages_are_the_first_parts_of_the_names_unless_given()
    {
        var summary = new NetworkSummary(SmallResNet.Create());
        Assert.Equal(["conv1", "bn1", "relu", "maxpool", "layer1", "layer2", "avgpool", "flatten", "fc"], summary.Stages.Select(stage => stage.Name));
        StageSummary layer1 = summary.Stages[4];
        Assert.Equal((7, 2, Shape.Of(8, 16, 16)), (layer1.Nodes, layer1.Depth, layer1.Output));
        Assert.Equal((2 * 576) + 32, layer1.Parameters);
        Assert.Equal(2 * 576 * 256, layer1.MultiplyAccumulates);
        Assert.Equal(new ReceptiveField(13, 2), layer1.ReceptiveField);
    }

    [Fact]
    public void Stages_that_are_given_are_shown_in_their_order_without_the_empty_ones()
    {
        ValueList<Stage> stages = [new("conv1", ["conv1", "bn1", "relu"]), new("conv2_x", ["maxpool", "layer1"]), new("conv6_x", ["layer5"])];
        var summary = new NetworkSummary(SmallResNet.Create(), stages);
        Assert.Equal(["conv1", "conv2_x"], summary.Stages.Select(stage => stage.Name));
        Assert.Equal(8, summary.Stages[1].Nodes);
        Assert.Equal([(1, Shape.Of(8, 32, 32)), (2, Shape.Of(8, 16, 16))], summary.Stages.Select(stage => (stage.Depth, stage.Output)));
    }
}
