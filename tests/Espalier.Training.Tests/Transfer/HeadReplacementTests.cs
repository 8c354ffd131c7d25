using Espalier.Graphs;
using Espalier.Models;
using Espalier.Tensors;

namespace Espalier.Training.Tests.Transfer;

public sealed class HeadReplacementTests
{
    [Fact]
    public void The_head_is_new_and_all_else_is_shared()
    {
        Model model = Zoo.Find("cifar_resnet20").Create().Initialize(1);
        Model changed = new HeadReplacement(3, 5).Apply(model, ["a", "b", "c"]);
        Node head = HeadReplacement.Find(changed.Graph, changed.Metadata)!;
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
    public void The_last_convolution_of_SqueezeNet_is_a_head()
    {
        Model model = Zoo.Create("squeezenet1_1").Initialize(1);
        Model changed = new HeadReplacement(7, 5).Apply(model, []);
        Assert.Equal("classifier.1", HeadReplacement.Find(changed.Graph, changed.Metadata)!.Name);
        Assert.Equal(Zoo.Create("squeezenet1_1", new ZooOptions { Classes = 7 }).Graph, changed.Graph);
        Model built = Zoo.Create("squeezenet1_1", new ZooOptions { Classes = 7 }).Initialize(5);
        Assert.True(built.Parameters["classifier.1.weight"].Value.BitEquals(changed.Parameters["classifier.1.weight"].Value));
    }

    [Fact]
    public void Logits_that_are_rounded_to_8_bits_have_their_head()
    {
        Graph whole = Zoo.Create("cifar_resnet20").Graph;
        var graph = new Graph([.. whole.Nodes, new Node("logits_quantize", new Quantize(), [whole.Outputs[0]])], ["logits_quantize"]);
        Assert.Equal(whole.Outputs[0], HeadReplacement.Find(graph, ModelMetadata.None)!.Name);
    }

    [Theory]
    [InlineData("features.12.concat")] // features without a classifier end with two convolutions
    [InlineData("features.12.expand3x3_activation")] // a 3x3 convolution
    public void Averages_of_other_layers_have_no_head(string last)
    {
        Graph whole = Zoo.Create("squeezenet1_1").Graph;
        var kept = new HashSet<string>([last]);
        foreach (Node node in whole.Nodes.Reverse().Where(node => kept.Contains(node.Name)))
        {
            kept.UnionWith(node.Inputs);
        }

        var graph = new Graph([.. whole.Nodes.Where(node => kept.Contains(node.Name)), new Node("pool", new AdaptiveAveragePool(1), [last])], ["pool"]);
        Assert.Null(HeadReplacement.Find(graph, ModelMetadata.None with { Architecture = "squeezenet1_1" }));
    }

    [Theory]
    [InlineData(1, "flatten", "fc")]
    [InlineData(8, "avgpool", "flatten", "fc")]
    public void A_network_of_features_gets_a_classifier(int side, params string[] added)
    {
        Graph graph = new([new Node("x", new Input([3, side, side]), []), new Node("end", new Relu(), ["x"])], ["end"]);
        var model = new Model(graph, Parameters.Empty, ModelMetadata.None);
        Assert.Null(HeadReplacement.Find(graph, model.Metadata));
        Model changed = new HeadReplacement(5, 0).Apply(model, []);
        Assert.Equal(added, changed.Graph.Nodes.Skip(2).Select(node => node.Name));
        Assert.Equal([5], changed.Graph.ShapeOf(changed.Graph.Outputs[0]));
        Assert.Equal("fc", HeadReplacement.Find(changed.Graph, changed.Metadata)!.Name);
    }

    [Theory]
    [InlineData("layer3", "layer1", "layer2", "layer3")] // the stages of a backbone
    [InlineData("layer3", "layer3", "layer2", "layer1")]
    [InlineData("side", "layer2", "layer3", "side")] // two that no layer reads
    [InlineData("layer3", "layer2", "side", "layer3")]
    public void Of_several_feature_maps_the_last_that_no_layer_reads_gets_the_classifier(string features, params string[] outputs)
    {
        static Node Conv(string name, string input) => new(name, new Conv2d(3, 3, 3) { Padding = 1 }, [input]);
        Node[] side = outputs.Contains("side") ? [Conv("side", "layer1")] : [];
        var graph = new Graph([new Node("x", new Input([3, 8, 8]), []), Conv("layer1", "x"), Conv("layer2", "layer1"), Conv("layer3", "layer2"), .. side], ValueList.From(outputs));
        Model model = new NetworkDefinition(graph, ModelMetadata.None).Initialize(1);

        Model changed = new HeadReplacement(5, 0).Apply(model, []);

        string[] kept = features == "side" ? ["x", "layer1", "side"] : ["x", "layer1", "layer2", "layer3"];
        Assert.Equal([.. kept, "avgpool", "flatten", "fc"], changed.Graph.Nodes.Select(node => node.Name));
        Assert.All(kept, name => Assert.Equal(graph[name], changed.Graph[name])); // they read what they did
        Assert.Equal([features], changed.Graph["avgpool"].Inputs);
        Assert.Equal(["fc"], changed.Graph.Outputs);
    }

    [Fact]
    public void A_convolution_whose_outputs_are_averaged_is_a_classifier_where_that_is_certain()
    {
        Graph Network(bool activated) => new(
            [
                new Node("x", new Input([3, 8, 8]), []),
                new Node("conv", new Conv2d(3, 4, 1), ["x"]),
                .. activated ? [new Node("relu", new Relu(), ["conv"])] : Array.Empty<Node>(),
                new Node("pool", new AdaptiveAveragePool(1), [activated ? "relu" : "conv"]),
                new Node("flat", new Flatten(), ["pool"]),
            ],
            ["flat"]);

        Assert.Equal("conv", HeadReplacement.Find(Network(activated: false), ModelMetadata.None)!.Name);
        Assert.Null(HeadReplacement.Find(Network(activated: true), ModelMetadata.None)); // it may compute features
        Assert.Equal("conv", HeadReplacement.Find(Network(activated: true), ModelMetadata.None with { Labels = ["a", "b", "c", "d"] })!.Name);
        Model model = new NetworkDefinition(Network(activated: false), ModelMetadata.None).Initialize(1);
        Model changed = new HeadReplacement(2, 0).Apply(model, ["a", "b"]);
        Assert.Equal([2], changed.Graph.ShapeOf("flat"));
        Assert.Equal([2, 3, 1, 1], changed.Parameters["conv.weight"].Value.Shape);
    }

    [Fact]
    public void The_classifier_of_each_output_is_replaced()
    {
        Graph graph = new([new Node("x", new Input([4]), []), new Node("fc", new Linear(4, 3), ["x"]), new Node("aux", new Linear(4, 3), ["x"])], ["fc", "aux"]);
        Model changed = new HeadReplacement(2, 0).Apply(new NetworkDefinition(graph, ModelMetadata.None).Initialize(1), []);
        Assert.All(changed.Graph.Outputs, output => Assert.Equal([2], changed.Graph.ShapeOf(output)));
    }

    [Fact]
    public void A_softmax_at_the_end_stays()
    {
        Graph graph = new([new Node("x", new Input([4]), []), new Node("fc", new Linear(4, 2), ["x"]), new Node("p", new Softmax(), ["fc"])], ["p"]);
        Assert.Equal("fc", HeadReplacement.Find(graph, ModelMetadata.None)!.Name);
    }
}
