using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Tensors;

namespace MobileNetV1;

/// <summary>
/// MobileNet v1 (Howard 2017, "MobileNets", table 1) at a quarter of the width, as one checkpoint on the web has it: with leaky ReLU, and
/// names of its author's. A network that no zoo knows is a function like this one.
/// </summary>
public static class QuarterMobileNet
{
    private const double Slope = 0.1;
    private const int Classes = 1000;

    // Channels and stride of the depthwise-separable blocks of each stage.
    private static readonly (int Channels, int Stride)[][] Stages =
    [
        [(16, 1), (32, 2), (32, 1), (64, 2), (64, 1)],
        [(128, 2), (128, 1), (128, 1), (128, 1), (128, 1), (128, 1)],
        [(256, 2), (256, 1)],
    ];

    /// <summary>The network, without numbers.</summary>
    public static NetworkDefinition Create()
    {
        Value x = new GraphBuilder().Input(3, 224, 224).In("stage1.0", Stem);
        for (int stage = 0; stage < Stages.Length; stage++)
        {
            int first = stage == 0 ? 1 : 0; // the stem is block 0 of stage 1
            foreach ((int block, (int channels, int stride)) in Stages[stage].Index())
            {
                x = x.In($"stage{stage + 1}.{block + first}", x => SeparableBlock(x, channels, stride));
            }
        }

        x = x.GlobalAveragePool("avgpool").Flatten("flatten").Linear("fc", Classes);
        var metadata = new ModelMetadata { Architecture = "mobilenet_v1_x0_25_leaky", Preprocessing = Preprocessing.ImageNet };
        return new NetworkDefinition(x.Builder.Build(x), metadata);
    }

    /// <summary>The network with the weights of a checkpoint: the names must be the network's, but for a prefix that all of them have.</summary>
    /// <param name="checkpoint">The checkpoint's path.</param>
    /// <param name="labels">The classes' names, or none.</param>
    public static Model Load(string checkpoint, IEnumerable<string> labels)
    {
        Model model = Create().Load(CheckpointReader.Read(checkpoint).StateDict);
        return model.With(model.Metadata with { Labels = ValueList.From(labels) });
    }

    private static Value Stem(Value x) =>
        x.Conv2d("0", 8, 3, stride: 2, padding: 1).BatchNorm("1").LeakyRelu("2", Slope);

    /// <summary>A 3x3 convolution of each channel by itself, then a 1x1 convolution across channels.</summary>
    private static Value SeparableBlock(Value x, int channels, int stride) => x
        .Conv2d("0", x.Channels, 3, stride, padding: 1, groups: x.Channels).BatchNorm("1").LeakyRelu("2", Slope)
        .Conv2d("3", channels, 1).BatchNorm("4").LeakyRelu("5", Slope);
}
