using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>MobileNet v2 (Sandler 2018, "MobileNetV2: inverted residuals and linear bottlenecks", table 2), with torchvision's names.</summary>
public static class MobileNetV2
{
    private const string Architecture = "mobilenet_v2";
    private const int StemChannels = 32;
    private const int LastChannels = 1280; // multiplied only by widths above 1

    private static readonly (int Expansion, int Channels, int Repeats, int Stride)[] Rows =
    [
        (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1),
    ];

    /// <summary>Builds the network described by the options.</summary>
    /// <exception cref="GraphException">The options are invalid, or the input is too small.</exception>
    public static NetworkDefinition Create(MobileNetV2Options options)
    {
        var stages = new List<Stage>();
        Value x = new GraphBuilder().Input(options.Input).In("features", x => Features(x, options, stages));
        x = x.GlobalAveragePool("avgpool").Flatten("flatten").In("classifier", x => x.Dropout("0", options.Dropout).Linear("1", options.Classes));
        stages.Add(new Stage("head", ["avgpool", "flatten", "classifier"]));
        var metadata = new ModelMetadata { Architecture = Architecture, Stages = ValueList.From(stages) };
        var initialization = new Initialization { Linear = WeightInitialization.NormalHundredth, LinearBias = BiasInitialization.Zero };
        return new NetworkDefinition(x.Builder.Build(x), metadata) { Initialization = initialization };
    }

    private static Value Features(Value x, MobileNetV2Options options, List<Stage> stages)
    {
        int Wide(int channels) => ChannelCount.ScaleByEights(Architecture, channels, options.Width);
        int layer = 0;
        stages.Add(new Stage("conv", ["features.0"]));
        x = x.In($"{layer++}", x => x.Conv3x3("0", Wide(StemChannels), stride: 2).Normalize(options.Norm, "1").Relu6("2"));
        foreach ((int expansion, int channels, int repeats, int stride) in Rows)
        {
            stages.Add(new Stage($"bottleneck {channels}", ValueList.From(Enumerable.Range(layer, repeats).Select(i => $"features.{i}"))));
            for (int i = 0; i < repeats; i++)
            {
                int step = i == 0 ? stride : 1;
                x = x.In($"{layer++}", x => x.InvertedResidual(Wide(channels), step, expansion, options.Norm));
            }
        }

        stages.Add(new Stage("last conv", [$"features.{layer}"]));
        int last = ChannelCount.ScaleByEights(Architecture, LastChannels, Math.Max(1, options.Width));
        return x.In($"{layer}", x => x.Conv1x1("0", last).Normalize(options.Norm, "1").Relu6("2"));
    }
}
