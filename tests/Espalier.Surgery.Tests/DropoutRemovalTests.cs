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
}
