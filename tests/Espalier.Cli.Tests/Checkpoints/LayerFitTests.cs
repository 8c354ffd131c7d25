using System.Text.Json;
using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Models;

namespace Espalier.Cli.Tests;

/// <summary>Weights whose names are a network's and whose layers are not quite.</summary>
public class LayerFitTests
{
    [Theory(DisplayName = "Faults: a pruned checkpoint of a known network: widths follow from the shapes")]
    [InlineData("cifar_resnet14_b", 10)]
    [InlineData("mobilenet_v1_x0_25", 7)]
    [InlineData("resnext50_32x4d", 5)]
    [InlineData("vgg11_bn", 1000)]
    public void A_pruned_network_loads_without_a_list(string name, int classes)
    {
        using var folder = new TemporaryFolder();
        string model = folder.File("model.espalier");
        string narrow = folder.File("narrow.espalier");
        string weights = folder.File("weights.pth");
        ModelFile.Write(model, Zoo.Create(name, new ZooOptions { Classes = classes }).Initialize(1));
        Assert.Equal(ExitCode.Success, CliRun.Of("prune", model, "--channels", "--amount", "0.4", "-o", narrow).Code);
        Model expected = ModelFile.Read(narrow);
        TorchZipWriter.Write(weights, expected.ToStateDict());

        CliRun run = CliRun.Of("convert", weights, folder.File("again.espalier"), "--model", name);
        JsonElement network = CliRun.Of("inspect", weights, "--json").Json().GetProperty("network");

        Assert.True(run.Code == ExitCode.Success, run.Error);
        Assert.Contains("the widths follow from the weights", run.Error, StringComparison.Ordinal);
        Model found = ModelFile.Read(folder.File("again.espalier"));
        Assert.Equal(expected.Graph, found.Graph);
        Assert.All(expected.Parameters, parameter => Assert.True(parameter.Value.Value.BitEquals(found.Parameters[parameter.Key].Value), parameter.Key));
        Assert.True(network.GetProperty("fits").GetBoolean());
        Assert.Contains("fewer outputs", network.GetProperty("fitted").GetString(), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Faults: widths that contradict each other are refused, with the shape list as remedy")]
    public void Widths_that_do_not_fit_together_are_refused()
    {
        using var folder = new TemporaryFolder();
        string weights = folder.File("weights.pth");
        var tensors = TinyData.Model().ToStateDict().ToDictionary(entry => entry.Key, entry => entry.Value);
        tensors["layer1.0.conv1.weight"] = Tensors.Tensor.Zeros([8, 16, 3, 3]);
        TorchZipWriter.Write(weights, new StateDict(tensors));

        string error = CliRun.Of("bench", TinyData.Network, "--weights", weights).UserError();

        Assert.Contains("do not fit together at these widths", error, StringComparison.Ordinal);
        Assert.Contains("shape list", error, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Faults: a CIFAR-100 ResNet whose first convolution has a bias")]
    public void A_bias_that_the_architecture_lacks_is_taken_from_the_weights()
    {
        using var folder = new TemporaryFolder();
        string weights = folder.File("weights.pth");
        NetworkDefinition usual = Zoo.Create(TinyData.Network, new ZooOptions { Classes = 100 });
        var graph = new Graph(usual.Graph.Nodes.Select(node => node.Op is Conv2d conv && node.Name == "conv1" ? new Node(node.Name, conv with { Bias = true }, node.Inputs) : node), usual.Graph.Outputs);
        Model model = (usual with { Graph = graph }).Initialize(3);
        TorchZipWriter.Write(weights, model.ToStateDict());

        CliRun run = CliRun.Of("convert", weights, folder.File("x.espalier"), "--model", TinyData.Network);

        Assert.True(run.Code == ExitCode.Success, run.Error);
        Assert.Contains("with a bias, as in the weights: conv1", run.Error, StringComparison.Ordinal);
        Assert.Equal(graph, ModelFile.Read(folder.File("x.espalier")).Graph);
    }

    [Fact]
    public void Other_differences_stay_errors()
    {
        using var folder = new TemporaryFolder();
        string weights = folder.File("weights.pth");
        var tensors = TinyData.Model().ToStateDict().ToDictionary(entry => entry.Key, entry => entry.Value);
        tensors["layer1.0.conv1.weight"] = Tensors.Tensor.Zeros([16, 16, 1, 1]);
        TorchZipWriter.Write(weights, new StateDict(tensors));
        Assert.Contains("1 of another shape or type", CliRun.Of("bench", TinyData.Network, "--weights", weights).UserError(), StringComparison.Ordinal);

        tensors["layer1.0.conv1.weight"] = Tensors.Tensor.Zeros([16, 16, 3, 3]);
        tensors["layer1.0.bn1.more.bias"] = Tensors.Tensor.Zeros([16]);
        TorchZipWriter.Write(weights, new StateDict(tensors));
        Assert.Contains("1 unexpected", CliRun.Of("bench", TinyData.Network, "--weights", weights).UserError(), StringComparison.Ordinal);
    }
}
