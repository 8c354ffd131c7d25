namespace Espalier.Graphs.Tests;

/// <summary>A network small enough to be read whole: one identity block and one with a projection.</summary>
internal static class SmallResNet
{
    internal const string Dump = """
        input = input(3x32x32) : 3x32x32
        conv1 = conv2d(3→8, 3x3, padding 1) of input : 8x32x32
        bn1 = batch_norm(8) of conv1 : 8x32x32
        relu = relu of bn1 : 8x32x32
        maxpool = max_pool(3x3, stride 2x2, padding 1) of relu : 8x16x16
        layer1.0.conv1 = conv2d(8→8, 3x3, padding 1) of maxpool : 8x16x16
        layer1.0.bn1 = batch_norm(8) of layer1.0.conv1 : 8x16x16
        layer1.0.relu1 = relu of layer1.0.bn1 : 8x16x16
        layer1.0.conv2 = conv2d(8→8, 3x3, padding 1) of layer1.0.relu1 : 8x16x16
        layer1.0.bn2 = batch_norm(8) of layer1.0.conv2 : 8x16x16
        layer1.0.add = add of maxpool, layer1.0.bn2 : 8x16x16
        layer1.0.relu2 = relu of layer1.0.add : 8x16x16
        layer2.0.conv1 = conv2d(8→16, 3x3, stride 2x2, padding 1) of layer1.0.relu2 : 16x8x8
        layer2.0.bn1 = batch_norm(16) of layer2.0.conv1 : 16x8x8
        layer2.0.relu1 = relu of layer2.0.bn1 : 16x8x8
        layer2.0.conv2 = conv2d(16→16, 3x3, padding 1) of layer2.0.relu1 : 16x8x8
        layer2.0.bn2 = batch_norm(16) of layer2.0.conv2 : 16x8x8
        layer2.0.downsample.0 = conv2d(8→16, 1x1, stride 2x2) of layer1.0.relu2 : 16x8x8
        layer2.0.downsample.1 = batch_norm(16) of layer2.0.downsample.0 : 16x8x8
        layer2.0.add = add of layer2.0.downsample.1, layer2.0.bn2 : 16x8x8
        layer2.0.relu2 = relu of layer2.0.add : 16x8x8
        avgpool = adaptive_average_pool(1x1) of layer2.0.relu2 : 16x1x1
        flatten = flatten of avgpool : 16
        fc = linear(16→10) of flatten : 10
        output fc

        """;

    internal static Graph Create(int classes = 10)
    {
        var net = new GraphBuilder();
        Value x = net.Input(3, 32, 32).Conv2d("conv1", 8, 3, padding: 1).BatchNorm("bn1").Relu("relu").MaxPool("maxpool", 3, 2, 1);
        x = x.In("layer1", x => x.In("0", x => Block(x, 8, 1)));
        x = x.In("layer2", x => x.In("0", x => Block(x, 16, 2)));
        return net.Build(x.GlobalAveragePool("avgpool").Flatten("flatten").Linear("fc", classes));
    }

    private static Value Block(Value x, int channels, int stride)
    {
        Value branch = x.Conv2d("conv1", channels, 3, stride, 1).BatchNorm("bn1").Relu("relu1").Conv2d("conv2", channels, 3, 1, 1).BatchNorm("bn2");
        Value shortcut = stride == 1 ? x : x.Conv2d("downsample.0", channels, 1, stride).BatchNorm("downsample.1");
        return shortcut.Add("add", branch).Relu("relu2");
    }
}
