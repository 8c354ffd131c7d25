using Espalier.Graphs;

namespace Espalier.Surgery.Tests;

public class DropoutRemovalTests
{
    [Fact]
    public void Dropout_goes_wherever_it_stands_even_in_a_row_or_at_the_end()
    {
        var net = new GraphBuilder();
        Value x = net.Input(2, 3, 3).Dropout("first").Dropout("second", 0.2);
        Graph graph = net.Build(x.Relu("relu").Dropout("last"));

        Model model = new Model(graph, Parameters.Empty, ModelMetadata.None).Apply(new DropoutRemoval());

        Assert.Equal(["input", "relu"], model.Graph.Nodes.Select(node => node.Name));
        Assert.Equal(["relu"], model.Graph.Outputs);
        Assert.Equal(["input"], model.Graph["relu"].Inputs);
    }

    [Fact]
    public void Results_before_and_behind_a_dropout_stay_two()
    {
        var net = new GraphBuilder();
        Value x = net.Input(2, 3, 3).Relu("relu");
        Value first = x.Dropout("first");
        Graph graph = net.Build(first, x, first.Dropout("second"));

        Model model = new Model(graph, Parameters.Empty, ModelMetadata.None).Apply(new DropoutRemoval());

        Assert.Equal(["first", "relu", "second"], model.Graph.Outputs);
        Assert.DoesNotContain(model.Graph.Nodes, node => node.Op is Dropout);
        Assert.All(model.Graph.Outputs, name => Assert.Equal(graph.ShapeOf(name), model.Graph.ShapeOf(name)));
    }
}
