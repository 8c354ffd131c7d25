using Espalier.Graphs;
using Espalier.Models;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Onnx.Tests;

/// <summary>What is exported comes back as the same network: the same nodes under the same names, the same parameters and metadata.</summary>
public sealed class RoundTripTests
{
    [Theory]
    [InlineData("resnet18", 17)]
    [InlineData("resnet50", 13)]
    [InlineData("resnext50_32x4d", 22)]
    [InlineData("shufflenet_v2_x0_5", 17)]
    [InlineData("densenet121", 17)]
    [InlineData("mobilenet_v2", 17)]
    [InlineData("cifar_resnet20", 17)]
    [InlineData("cifar_preact_resnet110", 13)]
    [InlineData("mobileone_s0", 17)]
    [InlineData("repvgg_a0", 17)]
    public void A_network_of_the_zoo(string name, int opset)
    {
        Model model = Zoo.Create(name).Initialize(seed: 1);
        using var folder = new TemporaryFolder();
        OnnxWriter.Write(model, folder["model.onnx"], new OnnxWriteOptions { Opset = opset });
        Model back = OnnxReader.Read(folder["model.onnx"]).Model;
        Assert.Equal(model.Graph.ToString(), back.Graph.ToString());
        Assert.Equal(model.Graph, back.Graph);
        Assert.Equal(model.Metadata, back.Metadata);
        Assert.Equal(model.Parameters.Keys, back.Parameters.Keys);
        Assert.All(model.Parameters, parameter => Assert.True(parameter.Value.Value.BitEquals(back.Parameters[parameter.Key].Value), parameter.Key));
    }

    [Fact]
    public void Pixels_in_the_graph_become_preprocessing_again()
    {
        Model model = Zoo.Create("cifar_resnet20").Initialize(seed: 1);
        model = model.With(model.Metadata with { Preprocessing = Preprocessing.ImageNet with { Crop = new Size(32, 32), Resize = 36 } });
        using var folder = new TemporaryFolder();
        OnnxWriter.Write(model, folder["model.onnx"], new OnnxWriteOptions { WithPreprocessing = true, Softmax = false });
        OnnxImport import = OnnxReader.Read(folder["model.onnx"]);
        Assert.Equal(model.Graph.Nodes.Length, import.Model.Graph.Nodes.Length);
        Assert.Equal(model.Metadata.Preprocessing, import.Model.Metadata.Preprocessing);
    }
}
