using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>RegNet X and Y (Radosavovic 2020, "Designing network design spaces"), with torchvision's names. <see cref="RegNetTable"/> has the published networks.</summary>
public static class RegNet
{
    /// <summary>Builds the network described by the options.</summary>
    /// <exception cref="GraphException">The options are invalid, or the input is too small.</exception>
    public static NetworkDefinition Create(RegNetOptions options)
    {
        options.Check();
        Value x = new GraphBuilder().Input(options.Input).ConvNormActivation("stem", options.StemChannels, 3, options.Norm, ValueOps.Relu, stride: 2);
        int stage = 1;
        foreach ((int channels, int blocks) in options.Stages())
        {
            for (int i = 0; i < blocks; i++)
            {
                int stride = i == 0 ? 2 : 1;
                x = x.In($"trunk_output.block{stage}.block{stage}-{i}", x => Block(x, channels, stride, options));
            }

            stage++;
        }

        x = x.GlobalAveragePool("avgpool").Flatten("flatten").Linear("fc", options.Classes);
        var metadata = new ModelMetadata { Architecture = options.Architecture, Stages = Stages(stage - 1) };
        var initialization = new Initialization { ConvolutionBias = BiasInitialization.UniformFanIn, Linear = WeightInitialization.NormalHundredth, LinearBias = BiasInitialization.Zero };
        return new NetworkDefinition(x.Builder.Build(x), metadata) { Initialization = initialization };
    }

    /// <summary>A residual bottleneck without reduction: 1x1, grouped 3x3, squeeze and excitation in RegNet Y, 1x1 (§4, figure 4).</summary>
    private static Value Block(Value x, int channels, int stride, RegNetOptions options)
    {
        int groups = channels / Math.Min(options.GroupWidth, channels);
        int squeezed = (int)Math.Round(options.SqueezeExcitation * x.Channels); // of the block's input
        Value shortcut = stride == 1 && x.Channels == channels ? x : x.ConvNormActivation("proj", channels, 1, options.Norm, activation: null, stride);
        Value branch = x.In("f", x =>
        {
            x = x.ConvNormActivation("a", channels, 1, options.Norm, ValueOps.Relu).ConvNormActivation("b", channels, 3, options.Norm, ValueOps.Relu, stride, groups);
            x = options.SqueezeExcitation == 0 ? x : x.SqueezeExcitation("se", squeezed, ValueOps.Relu, ValueOps.Sigmoid);
            return x.ConvNormActivation("c", channels, 1, options.Norm, activation: null);
        });
        return branch.Add("add", shortcut).Relu("activation");
    }

    private static ValueList<Stage> Stages(int blocks) => ValueList.From<Stage>(
    [
        new("stem", ["stem"]),
        .. Enumerable.Range(1, blocks).Select(i => new Stage($"block{i}", [$"trunk_output.block{i}"])),
        new("head", ["avgpool", "flatten", "fc"]),
    ]);
}
