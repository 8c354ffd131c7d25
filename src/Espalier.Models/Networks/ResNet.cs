using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>Residual networks (He 2015, "Deep residual learning for image recognition"; He 2016, "Identity mappings in deep residual networks").</summary>
public static class ResNet
{
    /// <summary>Builds the network described by the options, with torchvision's names.</summary>
    /// <exception cref="GraphException">The options are invalid or inconsistent, or the input is too small.</exception>
    public static NetworkDefinition Create(ResNetOptions options)
    {
        options.Check();
        Value x = Stem(new GraphBuilder().Input(options.Input), options);
        for (int stage = 0; stage < options.Blocks.Count; stage++)
        {
            x = Stage(x, stage, options);
        }

        x = options.PreActivation ? x.Normalize(options.Norm, "bn").Relu("last_relu") : x;
        x = x.GlobalAveragePool("avgpool").Flatten("flatten").Linear(options.Classifier, options.Classes);
        var metadata = new ModelMetadata { Architecture = options.Architecture, Stages = Stages(options) };
        return new NetworkDefinition(x.Builder.Build(x), metadata) { Initialization = new() { ZeroResidual = options.ZeroInitResidual } };
    }

    private static Value Stem(Value x, ResNetOptions options) => (options.Stem, options.PreActivation) switch
    {
        (ResNetStem.Large, _) => x
            .Conv2d("conv1", options.Width, 7, stride: 2, padding: 3).Normalize(options.Norm, "bn1").Relu("relu")
            .MaxPool("maxpool", 3, stride: 2, padding: 1),
        (_, false) => x.Conv3x3("conv1", options.Width).Normalize(options.Norm, "bn1").Relu("relu"),
        (_, true) => x.Conv3x3("conv1", options.Width), // the first block has norm and ReLU
    };

    private static Value Stage(Value x, int stage, ResNetOptions options)
    {
        Func<Value, ResidualBlockOptions, Value> block = Block(options);
        for (int i = 0; i < options.Blocks[stage]; i++)
        {
            ResidualBlockOptions one = i == 0 ? options.FirstBlock(stage) : options.BlockOf(stage);
            x = x.In($"layer{stage + 1}.{i}", x => block(x, one));
        }

        return x;
    }

    private static Func<Value, ResidualBlockOptions, Value> Block(ResNetOptions options) => (options.Block, options.PreActivation) switch
    {
        (ResidualBlock.Basic, false) => ResidualBlocks.BasicBlock,
        (ResidualBlock.Basic, true) => ResidualBlocks.PreActivationBasicBlock,
        (_, false) => ResidualBlocks.Bottleneck,
        (_, true) => ResidualBlocks.PreActivationBottleneck,
    };

    /// <summary>The stages of the paper's table 1; conv2_x begins with the max pool.</summary>
    private static ValueList<Stage> Stages(ResNetOptions options) => ValueList.From<Stage>(
    [
        new("conv1", ["conv1", "bn1", "relu"]),
        .. Enumerable.Range(1, options.Blocks.Count).Select(i => new Stage($"conv{i + 1}_x", i == 1 ? ["maxpool", "layer1"] : [$"layer{i}"])),
        new("head", ["bn", "last_relu", "avgpool", "flatten", options.Classifier]),
    ]);
}
