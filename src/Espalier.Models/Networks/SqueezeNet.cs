using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>SqueezeNet (Iandola 2016, "SqueezeNet: AlexNet-level accuracy with 50x fewer parameters", table 1), with torchvision's names. Its classifier is a 1x1 convolution.</summary>
public static class SqueezeNet
{
    private static readonly int[] Squeezed = [16, 16, 32, 32, 48, 48, 64, 64]; // channels that each fire module reduces to

    /// <summary>SqueezeNet 1.0, the paper's.</summary>
    public static SqueezeNetOptions Version10 { get; } = new() { Architecture = "squeezenet1_0", StemChannels = 96, StemKernel = 7, PoolsAfter = [0, 3, 7] };

    /// <summary>SqueezeNet 1.1, the authors' cheaper version: a smaller stem and earlier pools.</summary>
    public static SqueezeNetOptions Version11 { get; } = new() { Architecture = "squeezenet1_1", StemChannels = 64, StemKernel = 3, PoolsAfter = [0, 2, 4] };

    /// <summary>Builds the network described by the options.</summary>
    /// <exception cref="GraphException">The options are invalid, or the input is too small.</exception>
    public static NetworkDefinition Create(SqueezeNetOptions options)
    {
        var stages = new List<Stage>();
        Value x = new GraphBuilder().Input(options.Input).In("features", x => Features(x, options, stages));
        x = x.In("classifier", x => x.Dropout("0", options.Dropout).Conv2d("1", options.Classes, 1, bias: true).Relu("2").GlobalAveragePool("3")).Flatten("flatten");
        stages.Add(new Stage("head", ["classifier", "flatten"]));
        var metadata = new ModelMetadata { Architecture = options.Architecture, Stages = ValueList.From(stages) };
        var initialization = new Initialization { Convolution = WeightInitialization.KaimingUniformFanIn, Layers = [new("classifier.1", WeightInitialization.NormalHundredth)] };
        return new NetworkDefinition(x.Builder.Build(x), metadata) { Initialization = initialization };
    }

    private static Value Features(Value x, SqueezeNetOptions options, List<Stage> stages)
    {
        int layer = 0; // all layers are counted, including those without parameters
        x = x.Conv2d($"{layer++}", options.StemChannels, options.StemKernel, stride: 2, bias: true).Relu($"{layer++}");
        stages.Add(new Stage("conv1", ["features.0", "features.1"]));
        for (int fire = 0; fire <= Squeezed.Length; fire++)
        {
            if (fire > 0)
            {
                int squeezed = Squeezed[fire - 1];
                stages.Add(new Stage($"fire{fire + 1}", [$"features.{layer}"])); // the paper counts from the stem
                x = x.In($"{layer++}", x => Fire(x, squeezed));
            }

            if (options.PoolsAfter.Contains(fire))
            {
                stages.Add(new Stage($"maxpool{fire + 1}", [$"features.{layer}"]));
                x = x.MaxPool($"{layer++}", 3, stride: 2, ceilMode: true);
            }
        }

        return x;
    }

    /// <summary>The fire module: a 1x1 that reduces the channels, then a 1x1 beside a 3x3 that expand them four times each (§3.2).</summary>
    private static Value Fire(Value x, int squeezed)
    {
        int expanded = 4 * squeezed;
        x = x.Conv2d("squeeze", squeezed, 1, bias: true).Relu("squeeze_activation");
        Value small = x.Conv2d("expand1x1", expanded, 1, bias: true).Relu("expand1x1_activation");
        Value large = x.Conv2d("expand3x3", expanded, 3, padding: 1, bias: true).Relu("expand3x3_activation");
        return small.Concat("concat", large);
    }
}

/// <summary>Options of a SqueezeNet. <see cref="SqueezeNet"/> has the options of the published networks.</summary>
public readonly record struct SqueezeNetOptions()
{
    /// <summary>The architecture's name, such as <c>squeezenet1_1</c>.</summary>
    public string Architecture { get; init; } = "squeezenet";

    /// <summary>Channels of the first convolution.</summary>
    public int StemChannels { get; init; } = 64;

    /// <summary>Kernel size of the first convolution.</summary>
    public int StemKernel { get; init; } = 3;

    /// <summary>The numbers of fire modules after which a max pool comes; 0 is the first convolution.</summary>
    public ValueList<int> PoolsAfter { get; init; } = [0, 2, 4];

    /// <summary>Dropout probability before the last convolution during training.</summary>
    public double Dropout { get; init; } = 0.5;

    /// <summary>Number of classes.</summary>
    public int Classes { get; init; } = 1000;

    /// <summary>Channels and size of the input image.</summary>
    public FeatureMap Input { get; init; } = new(3, 224, 224);
}
