using Espalier.Graphs;
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
        string path = Path.Combine(AppContext.BaseDirectory, "published", "ResNet18.onnx");
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
}
