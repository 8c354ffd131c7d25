using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>Networks for CIFAR that are not residual, with the names of the PyTorch code that most people start from.</summary>
internal static class CifarNetworks
{
    private const int Growth = 12;
    private const int DenseLayers = 16; // of each of three blocks: (100 − 4) / 6
    private const int DenseBlockCount = 3;

    private static readonly (int Convolutions, int Width)[] VggStages = [(2, 64), (2, 128), (3, 256), (3, 512), (3, 512)];

    /// <summary>VGG-16 with batch norm and one linear layer, for images of 32 pixels.</summary>
    internal static NetworkDefinition Vgg16(int classes, FeatureMap input)
    {
        var stages = new List<Stage>();
        Value x = new GraphBuilder().Input(input).In("features", x => VggFeatures(x, stages));
        x = x.GlobalAveragePool("avgpool").Flatten("flatten").Linear("classifier", classes);
        stages.Add(new Stage("head", ["avgpool", "flatten", "classifier"]));
        return new NetworkDefinition(x.Builder.Build(x), new ModelMetadata { Architecture = "cifar_vgg16", Stages = ValueList.From(stages) });
    }

    /// <summary>DenseNet-BC of 100 layers with a growth of 12 (Huang 2017, table 2), with torchvision's names and <c>norm_final</c>.</summary>
    internal static NetworkDefinition DenseNet(int classes, FeatureMap input)
    {
        Value x = new GraphBuilder().Input(input).In("features", DenseFeatures);
        x = x.Relu("relu").GlobalAveragePool("avgpool").Flatten("flatten").Linear("classifier", classes);
        var stages = ValueList.From<Stage>(
        [
            new("conv0", ["features.conv0"]),
            .. Enumerable.Range(1, DenseBlockCount).Select(i => new Stage($"denseblock{i}", [$"features.denseblock{i}", $"features.transition{i}"])),
            new("head", ["features.norm_final", "relu", "avgpool", "flatten", "classifier"]),
        ]);
        var initialization = new Initialization { Convolution = WeightInitialization.KaimingFanIn, LinearBias = BiasInitialization.Zero };
        return new NetworkDefinition(x.Builder.Build(x), new ModelMetadata { Architecture = "cifar_densenet100_12", Stages = stages }) { Initialization = initialization };
    }

    private static Value VggFeatures(Value x, List<Stage> stages)
    {
        int layer = 0; // all layers are counted, including those without parameters
        foreach ((int convolutions, int width) in VggStages)
        {
            int first = layer;
            for (int i = 0; i < convolutions; i++)
            {
                x = x.Conv2d($"{layer++}", width, 3, padding: 1, bias: true).BatchNorm($"{layer++}").Relu($"{layer++}");
            }

            x = x.MaxPool($"{layer++}", 2);
            stages.Add(new Stage($"conv{stages.Count + 1}", ValueList.From(Enumerable.Range(first, layer - first).Select(i => $"features.{i}"))));
        }

        return x;
    }

    private static Value DenseFeatures(Value x)
    {
        x = x.Conv3x3("conv0", 2 * Growth);
        for (int block = 1; block <= DenseBlockCount; block++)
        {
            x = x.In($"denseblock{block}", x => x.DenseBlock(DenseLayers, Growth));
            x = block == DenseBlockCount ? x : x.In($"transition{block}", DenseBlocks.Transition);
        }

        return x.BatchNorm("norm_final");
    }
}
