using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>Inception v3 (Szegedy 2016, "Rethinking the Inception architecture for computer vision", table 1), with torchvision's names.</summary>
public static class InceptionV3
{
    private const string Architecture = "inception_v3";
    private static readonly string[] ModulesOf6 = ["Mixed_6b", "Mixed_6c", "Mixed_6d", "Mixed_6e"];
    private static readonly int[] WidthsOf6 = [128, 160, 160, 192];

    /// <summary>Builds the network described by the options. With the auxiliary head the outputs are those of <c>fc</c> and <c>AuxLogits.fc</c>.</summary>
    /// <exception cref="GraphException">The options are invalid, or the input is smaller than 75x75, or, with the auxiliary head, 267x267.</exception>
    public static NetworkDefinition Create(InceptionV3Options options)
    {
        Value x = new GraphBuilder().Input(options.Input)
            .BasicConv("Conv2d_1a_3x3", 32, 3, stride: 2).BasicConv("Conv2d_2a_3x3", 32, 3).SameConv("Conv2d_2b_3x3", 64, 3).MaxPool("maxpool1", 3, stride: 2)
            .BasicConv("Conv2d_3b_1x1", 80, 1).BasicConv("Conv2d_4a_3x3", 192, 3).MaxPool("maxpool2", 3, stride: 2)
            .In("Mixed_5b", x => x.InceptionA(32)).In("Mixed_5c", x => x.InceptionA(64)).In("Mixed_5d", x => x.InceptionA(64))
            .In("Mixed_6a", InceptionBlocks.InceptionB);
        for (int i = 0; i < ModulesOf6.Length; i++)
        {
            int width = WidthsOf6[i];
            x = x.In(ModulesOf6[i], x => x.InceptionC(width));
        }

        Value[] heads = options.AuxiliaryHead ? [x.In("AuxLogits", x => AuxiliaryHead(x, options.Classes))] : [];
        x = x.In("Mixed_7a", InceptionBlocks.InceptionD).In("Mixed_7b", InceptionBlocks.InceptionE).In("Mixed_7c", InceptionBlocks.InceptionE)
            .GlobalAveragePool("avgpool").Dropout("dropout", options.Dropout).Flatten("flatten").Linear("fc", options.Classes);
        return new NetworkDefinition(x.Builder.Build([x, .. heads]), new ModelMetadata { Architecture = Architecture, Stages = Stages(options.AuxiliaryHead) }) { Initialization = Begin(options) };
    }

    /// <summary>The classifier of the last 17x17 map that adds to the gradient during training (§4).</summary>
    private static Value AuxiliaryHead(Value x, int classes) => x
        .AveragePool("pool", 5, stride: 3).BasicConv("conv0", 128, 1).BasicConv("conv1", 768, 5).GlobalAveragePool("avgpool").Flatten("flatten").Linear("fc", classes);

    // torchvision sets 0.01 for AuxLogits.conv1 too, but on the block and not on its convolution, where nothing reads it.
    private static Initialization Begin(InceptionV3Options options) => new()
    {
        Convolution = WeightInitialization.NormalTenth,
        Linear = WeightInitialization.NormalTenth,
        Layers = options.AuxiliaryHead ? [new("AuxLogits.fc", WeightInitialization.NormalThousandth)] : [],
    };

    private static ValueList<Stage> Stages(bool auxiliaryHead) =>
    [
        new("conv1", ["Conv2d_1a_3x3", "Conv2d_2a_3x3", "Conv2d_2b_3x3", "maxpool1"]),
        new("conv2", ["Conv2d_3b_1x1", "Conv2d_4a_3x3", "maxpool2"]),
        new("inception 35x35", ["Mixed_5b", "Mixed_5c", "Mixed_5d"]),
        new("inception 17x17", ["Mixed_6a", .. ModulesOf6]),
        new("inception 8x8", ["Mixed_7a", "Mixed_7b", "Mixed_7c"]),
        new("head", ["avgpool", "dropout", "flatten", "fc"]),
        .. auxiliaryHead ? (Stage[])[new("auxiliary head", ["AuxLogits"])] : [],
    ];
}

/// <summary>Options of an Inception v3.</summary>
public readonly record struct InceptionV3Options()
{
    /// <summary>Whether the network has its auxiliary classifier, as a further output.</summary>
    public bool AuxiliaryHead { get; init; }

    /// <summary>Dropout probability before the last layer during training.</summary>
    public double Dropout { get; init; } = 0.5;

    /// <summary>Number of classes.</summary>
    public int Classes { get; init; } = 1000;

    /// <summary>Channels and size of the input image.</summary>
    public FeatureMap Input { get; init; } = new(3, 299, 299);
}
