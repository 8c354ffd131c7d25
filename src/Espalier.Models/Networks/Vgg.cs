using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>VGG (Simonyan and Zisserman 2014, "Very deep convolutional networks for large-scale image recognition", table 1): stacks of 3x3 convolutions.</summary>
public static class Vgg
{
    private const int Hidden = 4096; // features of the two hidden linear layers
    private static readonly ValueList<int> Widths = [64, 128, 256, 512, 512];

    /// <summary>VGG-11: configuration A, without norms.</summary>
    public static VggOptions Vgg11 { get; } = new() { Architecture = "vgg11", Convolutions = [1, 1, 2, 2, 2] };

    /// <summary>VGG-13: configuration B, without norms.</summary>
    public static VggOptions Vgg13 { get; } = new() { Architecture = "vgg13", Convolutions = [2, 2, 2, 2, 2] };

    /// <summary>VGG-16: configuration D, without norms.</summary>
    public static VggOptions Vgg16 { get; } = new() { Architecture = "vgg16", Convolutions = [2, 2, 3, 3, 3] };

    /// <summary>VGG-19: configuration E, without norms.</summary>
    public static VggOptions Vgg19 { get; } = new() { Architecture = "vgg19", Convolutions = [2, 2, 4, 4, 4] };

    /// <summary>Builds the network described by the options, with torchvision's names: <c>features.0</c> …, <c>classifier.0</c> ….</summary>
    /// <exception cref="GraphException">The options are invalid, or the input is too small.</exception>
    public static NetworkDefinition Create(VggOptions options)
    {
        if (options.Convolutions.Count != Widths.Count || options.Convolutions.Any(count => count < 1))
        {
            GraphException.Throw(options.Architecture, $"expected {Widths.Count} stages of at least 1 convolution, found [{options.Convolutions}]");
        }

        var stages = new List<Stage>();
        Value x = new GraphBuilder().Input(options.Input).In("features", x => Features(x, options, stages));
        x = x.AdaptiveAveragePool("avgpool", 7).Flatten("flatten").In("classifier", x => x
            .Linear("0", Hidden).Relu("1").Dropout("2", options.Dropout)
            .Linear("3", Hidden).Relu("4").Dropout("5", options.Dropout)
            .Linear("6", options.Classes));
        stages.Add(new Stage("head", ["avgpool", "flatten", "classifier"]));
        var metadata = new ModelMetadata { Architecture = options.Architecture, Stages = ValueList.From(stages) };
        var initialization = new Initialization { Linear = WeightInitialization.NormalHundredth, LinearBias = BiasInitialization.Zero };
        return new NetworkDefinition(x.Builder.Build(x), metadata) { Initialization = initialization };
    }

    private static Value Features(Value x, VggOptions options, List<Stage> stages)
    {
        int layer = 0; // all layers are counted, including those without parameters
        for (int stage = 0; stage < Widths.Count; stage++)
        {
            int first = layer;
            for (int i = 0; i < options.Convolutions[stage]; i++)
            {
                x = x.Conv2d($"{layer++}", Widths[stage], 3, padding: 1, bias: true);
                x = (options.Norm is null ? x : x.Normalize(options.Norm, $"{layer++}")).Relu($"{layer++}");
            }

            x = x.MaxPool($"{layer++}", 2);
            stages.Add(new Stage($"conv{stage + 1}", ValueList.From(Enumerable.Range(first, layer - first).Select(i => $"features.{i}"))));
        }

        return x;
    }
}
