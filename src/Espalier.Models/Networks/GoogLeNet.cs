using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>GoogLeNet (Szegedy 2015, "Going deeper with convolutions", table 1) with batch norm, with torchvision's names.</summary>
public static class GoogLeNet
{
    private const string Architecture = "googlenet";

    /// <summary>Builds the network described by the options. With auxiliary heads the outputs are those of <c>fc</c>, <c>aux1.fc2</c> and <c>aux2.fc2</c>.</summary>
    /// <exception cref="GraphException">The options are invalid, or the input is too small.</exception>
    public static NetworkDefinition Create(GoogLeNetOptions options)
    {
        var heads = new List<Value>();
        void Head(string name, Value from)
        {
            if (options.AuxiliaryHeads)
            {
                heads.Add(from.In(name, x => AuxiliaryHead(x, options)));
            }
        }

        Value x = new GraphBuilder().Input(options.Input)
            .BasicConv("conv1", 64, 7, stride: 2, padding: 3).MaxPool("maxpool1", 3, stride: 2, ceilMode: true)
            .BasicConv("conv2", 64, 1).SameConv("conv3", 192, 3).MaxPool("maxpool2", 3, stride: 2, ceilMode: true);
        x = Module(x, "3a", 64, 96, 128, 16, 32, 32);
        x = Module(x, "3b", 128, 128, 192, 32, 96, 64).MaxPool("maxpool3", 3, stride: 2, ceilMode: true);
        x = Module(x, "4a", 192, 96, 208, 16, 48, 64);
        Head("aux1", x);
        x = Module(x, "4b", 160, 112, 224, 24, 64, 64);
        x = Module(x, "4c", 128, 128, 256, 24, 64, 64);
        x = Module(x, "4d", 112, 144, 288, 32, 64, 64);
        Head("aux2", x);
        x = Module(x, "4e", 256, 160, 320, 32, 128, 128).MaxPool("maxpool4", 2, ceilMode: true);
        x = Module(x, "5a", 256, 160, 320, 32, 128, 128);
        x = Module(x, "5b", 384, 192, 384, 48, 128, 128);
        x = x.GlobalAveragePool("avgpool").Flatten("flatten").Dropout("dropout", options.Dropout).Linear("fc", options.Classes);
        var initialization = new Initialization { Convolution = WeightInitialization.NormalHundredth, Linear = WeightInitialization.NormalHundredth };
        return new NetworkDefinition(x.Builder.Build([x, .. heads]), new ModelMetadata { Architecture = Architecture, Stages = Stages(options.AuxiliaryHeads) }) { Initialization = initialization };
    }

    private static Value Module(Value x, string name, int single, int reduced3x3, int width3x3, int reduced5x5, int width5x5, int pooled) =>
        x.In($"inception{name}", x => x.Inception(new(single, reduced3x3, width3x3, reduced5x5, width5x5, pooled)));

    /// <summary>A classifier of an inner map that adds to the gradient during training (§5): average pool to 4x4, 1x1, two linear layers.</summary>
    private static Value AuxiliaryHead(Value x, GoogLeNetOptions options) => x
        .AdaptiveAveragePool("avgpool", 4).BasicConv("conv", 128, 1).Flatten("flatten")
        .Linear("fc1", 1024).Relu("relu").Dropout("dropout", options.AuxiliaryDropout).Linear("fc2", options.Classes);

    private static ValueList<Stage> Stages(bool auxiliaryHeads) =>
    [
        new("conv1", ["conv1", "maxpool1"]),
        new("conv2", ["conv2", "conv3", "maxpool2"]),
        new("inception3", ["inception3a", "inception3b", "maxpool3"]),
        new("inception4", ["inception4a", "inception4b", "inception4c", "inception4d", "inception4e", "maxpool4"]),
        new("inception5", ["inception5a", "inception5b"]),
        new("head", ["avgpool", "flatten", "dropout", "fc"]),
        .. auxiliaryHeads ? (Stage[])[new("auxiliary heads", ["aux1", "aux2"])] : [],
    ];
}

/// <summary>Options of a GoogLeNet.</summary>
public readonly record struct GoogLeNetOptions()
{
    /// <summary>Whether the network has its two auxiliary classifiers, as further outputs.</summary>
    public bool AuxiliaryHeads { get; init; }

    /// <summary>Dropout probability before the last layer during training.</summary>
    public double Dropout { get; init; } = 0.2;

    /// <summary>Dropout probability before the last layer of each auxiliary classifier during training.</summary>
    public double AuxiliaryDropout { get; init; } = 0.7;

    /// <summary>Number of classes.</summary>
    public int Classes { get; init; } = 1000;

    /// <summary>Channels and size of the input image.</summary>
    public FeatureMap Input { get; init; } = new(3, 224, 224);
}
