using Espalier.Graphs;
using Espalier.Models;

namespace Espalier.Bench.Gradients;

/// <summary>The convolutions of the networks whose training is timed: each shape once, with how often it occurs.</summary>
internal static class GradientLayers
{
    internal static List<(ConvolutionLayer Layer, int Times)> Of(string network)
    {
        IEnumerable<ConvolutionLayer> layers = network == "cifar-resnet18" ? CifarResNet18() : OfGraph(Zoo.Create(network).Graph);
        return [.. layers.GroupBy(layer => layer).Select(group => (group.Key, group.Count()))];
    }

    private static IEnumerable<ConvolutionLayer> OfGraph(Graph graph) =>
        from node in graph.Nodes
        let op = node.Op as Conv2d
        where op is { Groups: 1 } && op.Kernel.Height == op.Kernel.Width
        select new ConvolutionLayer(op.InChannels, op.OutChannels, graph.ShapeOf(node.Inputs[0])[1], op.Kernel.Height, op.Stride.Height);

    // ResNet-18 with a 3x3 stem and no pool in front, as it is usually trained on CIFAR.
    private static IEnumerable<ConvolutionLayer> CifarResNet18()
    {
        const int Blocks = 2;
        yield return new(3, 64, 32, 3, 1);
        (int channels, int size) = (64, 32);
        foreach (int width in new[] { 64, 128, 256, 512 })
        {
            for (int block = 0; block < Blocks; block++)
            {
                int stride = channels == width ? 1 : 2;
                yield return new(channels, width, size, 3, stride);
                if (stride > 1)
                {
                    yield return new(channels, width, size, 1, stride);
                }

                (channels, size) = (width, size / stride);
                yield return new(channels, channels, size, 3, 1);
            }
        }
    }
}
