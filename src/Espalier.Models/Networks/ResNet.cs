using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>Residual networks (He 2015, "Deep residual learning for image recognition"; He 2016, "Identity mappings in deep residual networks").</summary>
public static class ResNet
{
    /// <summary>Builds the network described by the options, with the names of torchvision, or of timm where torchvision lacks it.</summary>
    /// <exception cref="GraphException">The options are invalid or inconsistent, or the input is too small.</exception>
    public static NetworkDefinition Create(ResNetOptions options)
    {
        options.Check();
        Value x = new GraphBuilder().Input(options.Input).FirstLayers(options);
        for (int stage = 0; stage < options.Blocks.Count; stage++)
        {
            x = Stage(x, stage, options);
        }

        x = options.PreActivation ? x.Normalize(options.Norm, options.Names.LastNorm).Relu("last_relu") : x;
        x = Head(x.GlobalAveragePool("avgpool"), options);
        var metadata = new ModelMetadata { Architecture = options.Architecture, Stages = Stages(options) };
        return new NetworkDefinition(x.Builder.Build(x), metadata) { Initialization = new() { ZeroResidual = options.ZeroInitResidual } };
    }

    private static Value Head(Value x, ResNetOptions options)
    {
        if (options.Names.HasClassifierConvolution)
        {
            return Drop(x, options).Conv2d(options.Classifier, options.Classes, 1, bias: true).Flatten("flatten");
        }

        return Drop(x.Flatten("flatten"), options).Linear(options.Classifier, options.Classes);
    }

    private static Value Drop(Value x, ResNetOptions options) => options.Dropout == 0 ? x : x.Dropout("dropout", options.Dropout);

    private static Value Stage(Value x, int stage, ResNetOptions options)
    {
        Func<Value, ResidualBlockOptions, Value> block = Block(options);
        for (int i = 0; i < options.Blocks[stage]; i++)
        {
            ResidualBlockOptions one = i == 0 ? options.FirstBlock(stage) : options.BlockOf(stage);
            x = x.In(options.Names.Block(stage, i), x => block(x, one));
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

    /// <summary>The stages of the paper's table 1; conv2_x begins with the stem's pool.</summary>
    private static ValueList<Stage> Stages(ResNetOptions options)
    {
        ResNetNames names = options.Names;
        string[] head = [names.LastNorm, "last_relu", "avgpool", "flatten", "dropout", options.Classifier];
        return ValueList.From<Stage>(
        [
            new("conv1", ValueList.From(options.StemNames().All)),
            .. Enumerable.Range(0, options.Blocks.Count).Select(i => new Stage($"conv{i + 2}_x", ValueList.From<string>([.. i == 0 ? options.StemPoolNames() : [], names.Stage(i)]))),
            new("head", ValueList.From(head.Where(name => name != "dropout" || options.Dropout > 0))),
        ]);
    }
}
