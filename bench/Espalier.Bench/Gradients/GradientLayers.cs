namespace Espalier.Bench.Gradients;

/// <summary>The convolutions of the networks whose training is timed: each shape once, with how often it occurs.</summary>
internal static class GradientLayers
{
    internal static List<(ConvolutionLayer Layer, int Times)> Of(string network)
    {
        List<ConvolutionLayer> layers = network switch
        {
            "cifar-resnet20" => Build(new("conv1", 3, 16, 32, 3, 1, false, 0, 0), [16, 32, 64], 3, projects: false),
            "cifar-resnet18" => Build(new("conv1", 3, 64, 32, 3, 1, false, 0, 0), [64, 128, 256, 512], 2, projects: true),
            _ => ResNetLayers.Of(network),
        };
        return [.. layers.GroupBy(layer => (layer.Inputs, layer.Outputs, layer.Size, layer.Kernel, layer.Stride)).Select(group => (group.First(), group.Count()))];
    }

    private static List<ConvolutionLayer> Build(ConvolutionLayer stem, int[] widths, int blocks, bool projects)
    {
        List<ConvolutionLayer> layers = [stem];
        (int channels, int size) = (widths[0], stem.Size);
        for (int stage = 0; stage < widths.Length; stage++)
        {
            for (int block = 0; block < blocks; block++)
            {
                int stride = stage > 0 && block == 0 ? 2 : 1;
                string name = $"layer{stage + 1}.{block}";
                layers.Add(new($"{name}.conv1", channels, widths[stage], size, 3, stride, false, 0, 0));
                if (projects && stride > 1)
                {
                    layers.Add(new($"{name}.downsample.0", channels, widths[stage], size, 1, stride, false, 0, 0));
                }

                (channels, size) = (widths[stage], size / stride);
                layers.Add(new($"{name}.conv2", channels, channels, size, 3, 1, false, 0, 0));
            }
        }

        return layers;
    }
}
