using Espalier.Graphs;
using Espalier.Models;

namespace Espalier.Training.Tests.Transfer;

public sealed class HeadReplacementTests
{
    [Fact]
    public void The_head_is_new_and_all_else_is_shared()
    {
        Model model = Zoo.Find("cifar_resnet20").Create().Initialize(1);
        Model changed = new HeadReplacement(3, 5).Apply(model, ["a", "b", "c"]);
        Node head = HeadReplacement.Find(changed.Graph);
        Assert.Equal(new Linear(64, 3), head.Op);
        Assert.Equal(["a", "b", "c"], changed.Metadata.Labels);
        Assert.Equal("replace head", Assert.Single(changed.Metadata.Lineage).Action);
        Assert.Equal(ModelFigures.Of(changed), changed.LastFigures());
        Assert.Equal([3], changed.Graph.ShapeOf(changed.Graph.Outputs[0]));
        foreach ((string name, Parameter parameter) in changed.Parameters)
        {
            Assert.Equal(!ScopeName.Contains(head.Name, name), ReferenceEquals(parameter, model.Parameters[name]));
        }
    }

    [Fact]
    public void It_begins_as_a_network_built_for_so_many_classes_does()
    {
        Model model = Zoo.Find("resnet18").Create().Initialize(1);
        Model changed = new HeadReplacement(7, 5).Apply(model, []);
        Model built = Zoo.Find("resnet18").Create(new ZooOptions { Classes = 7 }).Initialize(5);
        Assert.True(built.Parameters["fc.weight"].Value.BitEquals(changed.Parameters["fc.weight"].Value));
        Assert.True(built.Parameters["fc.bias"].Value.BitEquals(changed.Parameters["fc.bias"].Value));
    }

    [Fact]
    public void A_network_without_a_fully_connected_end_is_refused_by_name()
    {
        var builder = new Graph([new Node("x", new Input([3, 8, 8]), []), new Node("end", new Relu(), ["x"])], ["end"]);
        GraphException error = Assert.Throws<GraphException>(() => HeadReplacement.Find(builder));
        Assert.Contains("end", error.Message, StringComparison.Ordinal);
        Assert.Contains("relu", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_softmax_at_the_end_stays()
    {
        Graph graph = new([new Node("x", new Input([4]), []), new Node("fc", new Linear(4, 2), ["x"]), new Node("p", new Softmax(), ["fc"])], ["p"]);
        Assert.Equal("fc", HeadReplacement.Find(graph).Name);
    }
}
