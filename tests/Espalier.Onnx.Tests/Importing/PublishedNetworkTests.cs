using Espalier.Data;
using Espalier.Graphs;
using Espalier.Imaging;
using Espalier.Inference;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Onnx.Tests;

/// <summary>A real network of another tool: CNTK's ResNet-18, trained on ImageNet, of NuGet's Microsoft.ML.DnnImageFeaturizer.ResNet18.</summary>
public sealed class PublishedNetworkTests
{
    private const int Convolutions = 22;

    [Fact]
    public void Features_of_CNTKs_ResNet_18_are_those_of_ONNX_Runtime()
    {
        string path = Published("ResNet18.onnx");
        OnnxImport import = OnnxReader.Read(path);
        Graph graph = import.Model.Graph;
        Assert.Equal(Convolutions, graph.Nodes.Count(node => node.Op is Conv2d));
        Assert.Equal(Convolutions, graph.Nodes.Count(node => node.Op is BatchNorm));
        Assert.Equal([512, 1, 1], graph.ShapeOf(graph.Outputs[0]).Extents);
        Assert.Equal(["The file is for batches of 1; here the batch size is free."], import.Notes);

        Tensor input = CounterFill.Stream("input", [1, 3, 224, 224], -120, 255); // blue, green, red, less a mean image
        Tensor expected = OnnxRuntimeOracle.Run(path, input)[0];
        Assert.InRange(Difference.Relative(expected, CpuRuntime.Instance.Run(import.Model, input)), 0, 1e-5);
    }

    [Fact]
    public void The_network_that_fetch_makes_of_the_package_has_the_features_of_ONNX_Runtime_on_the_kits_photographs()
    {
        string[] photographs = Directory.GetFiles(Kit.Path("imagenet/samples"));
        Model model = FeaturePackage.Load(Published("features.nupkg"), TestContext.Current.CancellationToken);
        Preprocessing preprocessing = model.Metadata.Preprocessing!;
        InputPipeline inputs = InputPipeline.Of(model);
        InputPipeline pixels = InputPipeline.Create(preprocessing with { Normalization = new([0, 0, 0], [1, 1, 1]) { Range = PixelRange.Byte } }, inputs.Shape);
        using var before = new OnnxRuntimeOracle(Published("ResNetPreprocess.onnx"));
        using var network = new OnnxRuntimeOracle(Published("ResNet18.onnx"));
        using IRunnable runnable = CpuRuntime.Instance.Prepare(model);
        Assert.Equal(100, photographs.Length);
        foreach (string photograph in photographs)
        {
            Image image = ImageDecoder.Decode(photograph);
            Tensor input = Batch(inputs.Run(image));
            Assert.InRange(Difference.Relative(before.Run(Batch(pixels.Run(image)))[0], input), 0, 1e-6);
            double difference = Difference.Relative(network.Run(input)[0], runnable.Run(input));
            Assert.True(difference <= 1e-4, $"{photograph}: {difference:E2}");
        }
    }

    private static Tensor Batch(Tensor sample) => sample.Reshape(sample.Shape.Prepend(1));

    private static string Published(string file) => Path.Combine(AppContext.BaseDirectory, "published", file);
}
