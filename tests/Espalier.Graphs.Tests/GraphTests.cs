using Espalier.Tensors;

namespace Espalier.Graphs.Tests;

public sealed class GraphTests
{
    private static readonly Node X = new("x", new Input([4, 8, 8]), []);

    [Fact]
    public void Nodes_come_after_what_they_read_and_otherwise_stay_as_given()
    {
        Node a = Relu("a", "x"), b = Relu("b", "x"), sum = new("sum", new Add(), ["b", "a"]);
        Assert.Equal(["x", "a", "b", "sum"], Names(new Graph([sum, X, a, b], ["sum"])));
        Assert.Equal(["x", "b", "a", "sum"], Names(new Graph([X, b, a, sum], ["sum"])));
        Assert.Equal(["x", "b", "a", "sum"], Names(new Graph([b, a, sum, X], ["sum"])));
    }

    [Fact]
    public void A_second_node_of_a_name_is_refused() =>
        AssertRefused("a: the name is used by two nodes", [X, Relu("a", "x"), Relu("a", "x")], "a");

    [Fact]
    public void An_input_that_is_not_there_is_refused() =>
        AssertRefused("a: reads 'y', but there is no such node", [X, Relu("a", "y")], "a");

    [Fact]
    public void A_circle_is_refused_and_shown_without_what_hangs_on_it() => AssertRefused(
        "b: nodes read each other in a circle: b reads c reads a reads b",
        [X, new Node("end", new Add(), ["b", "x"]), new Node("a", new Add(), ["x", "b"]), Relu("b", "c"), Relu("c", "a")],
        "end");

    [Fact]
    public void A_node_that_reads_itself_is_a_circle() =>
        AssertRefused("a: nodes read each other in a circle: a reads a", [X, new Node("a", new Add(), ["x", "a"])], "a");

    [Fact]
    public void A_node_that_no_output_depends_on_is_refused() =>
        AssertRefused("b: no output depends on this node", [X, Relu("a", "x"), Relu("b", "x")], "a");

    [Fact]
    public void An_output_that_is_not_there_is_refused_by_its_own_name() =>
        AssertRefused("fcc: is named as an output, but there is no such node", [X, Relu("fc", "x")], "fcc");

    [Fact]
    public void No_output_and_one_output_twice_are_refused()
    {
        AssertRefused("graph: expected at least one output, found none", [X]);
        AssertRefused("graph: expected at least one output, found none", []);
        AssertRefused("x: is named as an output twice", [X], "x", "x");
    }

    [Theory]
    [InlineData("", "empty part")]
    [InlineData("layer1..conv", "empty part")]
    [InlineData(".conv", "empty part")]
    [InlineData("conv 1", "characters other than")]
    [InlineData("größe", "characters other than")]
    [InlineData("a/b", "characters other than")]
    public void A_name_that_is_no_path_is_refused(string name, string fault)
    {
        var error = Assert.Throws<GraphException>(() => new Graph([X with { Name = name }], [name]));
        Assert.Equal("graph", error.Node);
        Assert.Contains($"'{name}'", error.Reason, StringComparison.Ordinal);
        Assert.Contains(fault, error.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Shapes_are_inferred_and_their_faults_name_the_node()
    {
        Assert.Equal(Shape.Of(9, 6, 6), new Graph([X, new Node("conv", new Conv2d(4, 9, 3), ["x"])], ["conv"]).ShapeOf("conv"));
        AssertRefused("conv: was made for 5 channels, found 4", [X, new Node("conv", new Conv2d(5, 9, 3), ["x"])], "conv");
    }

    [Fact]
    public void Results_and_parameters_too_large_to_count_are_refused()
    {
        AssertRefused(
            "x: has a result of shape 2147483647x2147483647x2147483647, of more than 2147483647 numbers",
            [new Node("x", new Input([int.MaxValue, int.MaxValue, int.MaxValue]), [])],
            "x");
        AssertRefused(
            "conv: has parameter 'conv.weight' of shape 2147483647x4x3x3, of more than 2147483647 numbers",
            [X with { Op = new Input([4, 3, 3]) }, new Node("conv", new Conv2d(4, int.MaxValue, 3), ["x"])],
            "conv");
    }

    [Fact]
    public void Parameters_are_listed_in_order_and_a_tied_one_once()
    {
        var conv = new Conv2d(4, 4, 1) { Bias = true };
        Graph graph = new([X, new Node("b", conv, ["x"]), new Node("a", conv, ["b"], ["b.weight", "a.bias"])], ["a"]);
        Assert.Equal(["b.weight", "b.bias", "a.bias"], graph.Parameters.Select(parameter => parameter.Key));
        Assert.Equal(Shape.Of(4, 4, 1, 1), graph.Parameters[0].Value.Shape);
    }

    [Fact]
    public void A_parameter_that_two_nodes_see_differently_is_refused()
    {
        AssertRefused(
            "b: shares parameter 'a.weight', the weight of 4x4x1x1, as a weight of 4x4x3x3",
            [X, new Node("a", new Conv2d(4, 4, 1), ["x"]), new Node("b", new Conv2d(4, 4, 3), ["a"], ["a.weight"])],
            "b");
        AssertRefused(
            "b: conv2d has 1 parameter(s), but 2 name(s) were given",
            [X, new Node("b", new Conv2d(4, 4, 3), ["x"], ["b.weight", "b.bias"])],
            "b");
    }

    [Fact]
    public void Users_are_listed_once_for_each_time_they_read()
    {
        Graph graph = new([X, Relu("a", "x"), new Node("twice", new Add(), ["a", "a"]), new Node("end", new Add(), ["twice", "x"])], ["end"]);
        Assert.Equal(["twice", "twice"], graph.UsersOf("a").Select(node => node.Name));
        Assert.Equal(["a", "end"], graph.UsersOf("x").Select(node => node.Name));
        Assert.Empty(graph.UsersOf("end"));
        Assert.True(graph.HasSingleUse("twice"));
        Assert.False(graph.HasSingleUse("a"));
        Assert.False(graph.HasSingleUse("end"));
    }

    [Fact]
    public void A_node_that_is_read_and_is_an_output_has_no_single_use() =>
        Assert.False(new Graph([X, Relu("a", "x"), Relu("b", "a")], ["a", "b"]).HasSingleUse("a"));

    [Fact]
    public void Nodes_are_found_by_name_and_by_scope()
    {
        Graph graph = SmallResNet.Create();
        Assert.Equal("layer1.0.conv1", graph["layer1.0.conv1"].Name);
        Assert.False(graph.TryFind("layer1", out _));
        Assert.Equal("nowhere: no such node in the graph", Assert.Throws<GraphException>(() => graph["nowhere"]).Message);
        Assert.Equal("nowhere", Assert.Throws<GraphException>(() => graph.ShapeOf("nowhere")).Node);
        Assert.Equal("nowhere", Assert.Throws<GraphException>(() => graph.UsersOf("nowhere")).Node);
        Assert.Equal(7, graph.InScope("layer1").Count());
        Assert.Equal(["layer1.0.conv1"], graph.InScope("layer1.0.conv1").Select(node => node.Name));
        Assert.Empty(graph.InScope("layer"));
        Assert.Equal(graph.Nodes, graph.InScope(""));
    }

    [Fact]
    public void The_input_is_the_only_one_or_an_error()
    {
        Assert.Equal("input", SmallResNet.Create().Input.Name);
        Graph two = new([X, new Node("y", new Input([4, 8, 8]), []), new Node("sum", new Add(), ["x", "y"])], ["sum"]);
        Assert.Equal("graph: expected one input, found 2", Assert.Throws<GraphException>(() => two.Input).Message);
    }

    [Fact]
    public void Another_input_shape_gives_every_shape_anew()
    {
        Graph graph = SmallResNet.Create();
        Graph larger = graph.WithInput([3, 64, 48]);
        Assert.Equal(Shape.Of(16, 16, 12), larger.ShapeOf("layer2.0.relu2"));
        Assert.Equal(Shape.Of(10), larger.ShapeOf("fc"));
        Assert.Same(graph, graph.WithInput([3, 32, 32]));
        Assert.Equal("conv1: was made for 3 channels, found 1", Assert.Throws<GraphException>(() => graph.WithInput([1, 32, 32])).Message);
    }

    [Fact]
    public void Equality_is_of_structure()
    {
        Assert.Equal(SmallResNet.Create(), SmallResNet.Create());
        Assert.Equal(SmallResNet.Create().GetHashCode(), SmallResNet.Create().GetHashCode());
        Assert.NotEqual(SmallResNet.Create(), SmallResNet.Create(classes: 11));
        Assert.False(SmallResNet.Create().Equals(null));
        Graph one = new([X, Relu("a", "x"), Relu("b", "a")], ["b"]);
        Assert.NotEqual(one, new Graph([X, Relu("a", "x"), Relu("b", "a")], ["b", "a"]));
        Assert.NotEqual(one, new Graph([X, Relu("a", "x"), new Node("b", new Relu6(), ["a"])], ["b"]));
    }

    [Fact]
    public void The_dump_shows_the_network_line_by_line() => Assert.Equal(SmallResNet.Dump, SmallResNet.Create().ToString());

    [Fact]
    public void The_dump_shows_parameters_that_belong_to_another_node()
    {
        Graph graph = new([X, new Node("a", new Conv2d(4, 4, 1), ["x"]), new Node("b", new Conv2d(4, 4, 1), ["a"], ["a.weight"])], ["b"]);
        Assert.Contains("b = conv2d(4→4, 1x1) of a with a.weight : 4x8x8\n", graph.ToString(), StringComparison.Ordinal);
    }

    private static Node Relu(string name, string input) => new(name, new Relu(), [input]);

    private static IEnumerable<string> Names(Graph graph) => graph.Nodes.Select(node => node.Name);

    private static void AssertRefused(string message, Node[] nodes, params string[] outputs) =>
        Assert.Equal(message, Assert.Throws<GraphException>(() => new Graph(nodes, ValueList.Create(outputs.AsSpan()))).Message);
}
