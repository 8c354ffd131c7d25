using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>MobileNet v1 (Howard 2017, "MobileNets: efficient convolutional neural networks for mobile vision applications", table 1).</summary>
public static class MobileNetV1
{
    private const int StemChannels = 32;

    private static readonly (int Channels, int Stride)[] Layers =
    [
        (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1), (512, 1), (512, 1), (512, 1), (512, 1), (1024, 2), (1024, 1),
    ];

    /// <summary>Builds the network described by the options, with the names <c>conv1</c>, <c>layers.0.depthwise</c> …, <c>fc</c>.</summary>
    /// <exception cref="GraphException">The options are invalid, or the input is too small.</exception>
    public static NetworkDefinition Create(MobileNetV1Options options)
    {
        int Wide(int channels) => ChannelCount.Scale("mobilenet_v1", channels, options.Width);
        Value x = new GraphBuilder().Input(options.Input)
            .Conv3x3("conv1", Wide(StemChannels), stride: 2).BatchNorm("bn1").Relu("relu1");
        for (int i = 0; i < Layers.Length; i++)
        {
            (int channels, int stride) = Layers[i];
            x = x.In($"layers.{i}", x => x.DepthwiseSeparable(Wide(channels), stride));
        }

        x = x.GlobalAveragePool("avgpool").Flatten("flatten").Linear("fc", options.Classes);
        return new NetworkDefinition(x.Builder.Build(x), new ModelMetadata { Architecture = "mobilenet_v1", Stages = Stages() });
    }

    private static ValueList<Stage> Stages() => ValueList.From<Stage>(
    [
        new("conv1", ["conv1", "bn1", "relu1"]),
        .. Layers.Select((_, i) => new Stage($"separable{i + 1}", [$"layers.{i}"])),
        new("head", ["avgpool", "flatten", "fc"]),
    ]);
}
