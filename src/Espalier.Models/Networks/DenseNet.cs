using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>DenseNet-BC (Huang 2017, "Densely connected convolutional networks", table 1), with torchvision's names.</summary>
public static class DenseNet
{
    /// <summary>DenseNet-121, with a growth of 32.</summary>
    public static DenseNetOptions DenseNet121 { get; } = new() { Architecture = "densenet121", Layers = [6, 12, 24, 16] };

    /// <summary>DenseNet-169, with a growth of 32.</summary>
    public static DenseNetOptions DenseNet169 { get; } = new() { Architecture = "densenet169", Layers = [6, 12, 32, 32] };

    /// <summary>DenseNet-201, with a growth of 32.</summary>
    public static DenseNetOptions DenseNet201 { get; } = new() { Architecture = "densenet201", Layers = [6, 12, 48, 32] };

    /// <summary>DenseNet-161, with a growth of 48.</summary>
    public static DenseNetOptions DenseNet161 { get; } = new() { Architecture = "densenet161", Layers = [6, 12, 36, 24], Growth = 48, StemChannels = 96 };

    /// <summary>Builds the network described by the options.</summary>
    /// <exception cref="GraphException">The options are invalid, or the input is too small.</exception>
    public static NetworkDefinition Create(DenseNetOptions options)
    {
        if (options.Layers.Count == 0 || options.Layers.Any(layers => layers < 1))
        {
            GraphException.Throw(options.Architecture, $"expected at least 1 block of at least 1 layer, found [{options.Layers}]");
        }

        Value x = new GraphBuilder().Input(options.Input).In("features", x => Features(x, options));
        x = x.Relu("relu").GlobalAveragePool("avgpool").Flatten("flatten").Linear("classifier", options.Classes);
        var metadata = new ModelMetadata { Architecture = options.Architecture, Stages = Stages(options.Layers.Count) };
        var initialization = new Initialization { Convolution = WeightInitialization.KaimingFanIn, LinearBias = BiasInitialization.Zero };
        return new NetworkDefinition(x.Builder.Build(x), metadata) { Initialization = initialization };
    }

    private static Value Features(Value x, DenseNetOptions options)
    {
        x = x.Conv2d("conv0", options.StemChannels, 7, stride: 2, padding: 3).BatchNorm("norm0").Relu("relu0").MaxPool("pool0", 3, stride: 2, padding: 1);
        for (int block = 1; block <= options.Layers.Count; block++)
        {
            int layers = options.Layers[block - 1];
            x = x.In($"denseblock{block}", x => x.DenseBlock(layers, options.Growth));
            x = block == options.Layers.Count ? x : x.In($"transition{block}", DenseBlocks.Transition);
        }

        return x.BatchNorm($"norm{options.Layers.Count + 1}"); // norm5 after four blocks
    }

    private static ValueList<Stage> Stages(int blocks) => ValueList.From<Stage>(
    [
        new("conv0", ["features.conv0", "features.norm0", "features.relu0"]),
        new("pool0", ["features.pool0"]),
        .. Enumerable.Range(1, blocks).SelectMany(i => new Stage[]
        {
            new($"denseblock{i}", [$"features.denseblock{i}"]),
            new($"transition{i}", [$"features.transition{i}"]),
        }),
        new("head", [$"features.norm{blocks + 1}", "relu", "avgpool", "flatten", "classifier"]),
    ]);
}
