namespace Espalier.Bench;

/// <summary>The convolutions of torchvision's ResNets at 224 x 224, in the order in which they run.</summary>
internal static class ResNetLayers
{
    private const int X = 0, First = 1, Second = 2, Projected = 3, Y = 4; // what the buffers hold within a block; X and Y change places after it

    internal static List<ConvolutionLayer> Of(string network) => network switch
    {
        "resnet18" => Build([2, 2, 2, 2], bottleneck: false),
        "resnet34" => Build([3, 4, 6, 3], bottleneck: false),
        "resnet50" => Build([3, 4, 6, 3], bottleneck: true),
        "resnet101" => Build([3, 4, 23, 3], bottleneck: true),
        _ => throw new ArgumentException($"'{network}' is none of resnet18, resnet34, resnet50, resnet101."),
    };

    private static List<ConvolutionLayer> Build(int[] blocks, bool bottleneck)
    {
        List<ConvolutionLayer> layers = [new("conv1", 3, 64, 224, 7, 2, true, Y, X)];
        (int channels, int size) = (64, 56);
        for (int stage = 0; stage < blocks.Length; stage++)
        {
            int width = 64 << stage;
            for (int block = 0; block < blocks[stage]; block++)
            {
                int stride = stage > 0 && block == 0 ? 2 : 1;
                bool swapped = layers[^1].OutputBuffer == Y;
                Block(layers, $"layer{stage + 1}.{block}", channels, width, size, stride, bottleneck, swapped ? Y : X, swapped ? X : Y);
                channels = bottleneck ? 4 * width : width;
                size /= stride;
            }
        }

        return layers;
    }

    private static void Block(List<ConvolutionLayer> layers, string name, int channels, int width, int size, int stride, bool bottleneck, int x, int y)
    {
        int outputs = bottleneck ? 4 * width : width;
        int residual = x;
        if (bottleneck)
        {
            layers.Add(new($"{name}.conv1", channels, width, size, 1, 1, true, x, First, OutputBorder: 1));
            layers.Add(new($"{name}.conv2", width, width, size, 3, stride, true, First, Second));
        }
        else
        {
            layers.Add(new($"{name}.conv1", channels, width, size, 3, stride, true, x, Second, OutputBorder: 1));
        }

        if (stride != 1 || channels != outputs)
        {
            layers.Add(new($"{name}.downsample.0", channels, outputs, size, 1, stride, false, x, Projected));
            residual = Projected;
        }

        layers.Add(bottleneck
            ? new($"{name}.conv3", width, outputs, size / stride, 1, 1, true, Second, y, residual)
            : new($"{name}.conv2", width, width, size / stride, 3, 1, true, Second, y, residual, OutputBorder: 0));
    }
}
