using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>AlexNet in one column (Krizhevsky 2014, "One weird trick for parallelizing convolutional neural networks"), with torchvision's names.</summary>
public static class AlexNet
{
    private const string Architecture = "alexnet";
    private const int Hidden = 4096; // features of the two hidden linear layers

    /// <summary>Builds the network described by the options.</summary>
    /// <exception cref="GraphException">The options are invalid, or the input is smaller than 63x63.</exception>
    public static NetworkDefinition Create(AlexNetOptions options)
    {
        Value x = new GraphBuilder().Input(options.Input).In("features", x => x
            .Conv2d("0", 64, 11, stride: 4, padding: 2, bias: true).Relu("1").MaxPool("2", 3, stride: 2)
            .Conv2d("3", 192, 5, padding: 2, bias: true).Relu("4").MaxPool("5", 3, stride: 2)
            .Conv2d("6", 384, 3, padding: 1, bias: true).Relu("7")
            .Conv2d("8", 256, 3, padding: 1, bias: true).Relu("9")
            .Conv2d("10", 256, 3, padding: 1, bias: true).Relu("11").MaxPool("12", 3, stride: 2));
        x = x.AdaptiveAveragePool("avgpool", 6).Flatten("flatten").In("classifier", x => x
            .Dropout("0", options.Dropout).Linear("1", Hidden).Relu("2")
            .Dropout("3", options.Dropout).Linear("4", Hidden).Relu("5")
            .Linear("6", options.Classes));
        var initialization = new Initialization { Convolution = WeightInitialization.UniformFanIn, ConvolutionBias = BiasInitialization.UniformFanIn };
        return new NetworkDefinition(x.Builder.Build(x), new ModelMetadata { Architecture = Architecture, Stages = Stages }) { Initialization = initialization };
    }

    private static ValueList<Stage> Stages =>
    [
        new("conv1", ["features.0", "features.1", "features.2"]),
        new("conv2", ["features.3", "features.4", "features.5"]),
        new("conv3", ["features.6", "features.7"]),
        new("conv4", ["features.8", "features.9"]),
        new("conv5", ["features.10", "features.11", "features.12"]),
        new("head", ["avgpool", "flatten", "classifier"]),
    ];
}

/// <summary>Options of an AlexNet.</summary>
public readonly record struct AlexNetOptions()
{
    /// <summary>Dropout probability before each of the two hidden linear layers during training.</summary>
    public double Dropout { get; init; } = 0.5;

    /// <summary>Number of classes.</summary>
    public int Classes { get; init; } = 1000;

    /// <summary>Channels and size of the input image.</summary>
    public FeatureMap Input { get; init; } = new(3, 224, 224);
}
