using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Testing;

/// <summary>Random quantized networks: layers, sums, pools, concats, products and factors, each with a rounding.</summary>
public static class RandomQuantized
{
    /// <summary>The network of a seed, with numbers from <see cref="CounterFill"/>.</summary>
    public static Model Create(ulong seed)
    {
        var dice = new Dice(seed);
        var net = new GraphBuilder();
        Value x = net.Input(dice.Between(1, 5), dice.Between(4, 8), dice.Between(4, 8)).Quantize("q");
        for (int i = 0; i < 7; i++)
        {
            x = Step(dice, x, $"n{i}").Quantize($"n{i}.q");
        }

        x = x.GlobalAveragePool("mean").Quantize("mean.q").Flatten("flatten");
        Graph graph = net.Build(x.Then("fc", new Linear(x.Channels, 5) { QuantizedWeights = true }).Quantize("logits"));
        Parameters parameters = RandomGraphs.ParametersFor(graph).With(graph.Nodes.Where(node => node.Op is Quantize).SelectMany(node => (KeyValuePair<string, Parameter>[])
        [
            KeyValuePair.Create(node.Parameter("scale"), new Parameter(Tensor.From([1], 0.005f + (0.03f * (float)dice.Between(0, 1000) / 1000)))),
            KeyValuePair.Create(node.Parameter("zero_point"), new Parameter(Tensor.From<byte>([1], [(byte)dice.Pick(0, 100, 128, 255)]))),
        ]));
        return new Model(graph, parameters, ModelMetadata.None);
    }

    private static Value Step(Dice dice, Value x, string name)
    {
        Value Layer() => x.Then($"{name}.conv", new Conv2d(x.Channels, dice.Chance(0.5) ? x.Channels : dice.Between(1, 6), dice.Pick(1, 3)) { Padding = 1, Bias = dice.Chance(0.5), QuantizedWeights = true });
        Value Same() => x.Then($"{name}.same", new Conv2d(x.Channels, x.Channels, 3) { Padding = 1, Bias = true, QuantizedWeights = true, Groups = dice.Chance(0.5) ? x.Channels : 1 });
        return dice.Between(0, 9) switch
        {
            0 => Layer().Relu($"{name}.relu"),
            1 => Layer().Relu6($"{name}.relu6"),
            2 => Layer().HardTanh($"{name}.limit", -0.5, 1),
            3 => Same().Add($"{name}.sum", x).Relu($"{name}.relu"),
            4 => x.Builder.Append($"{name}.sum", new Add(), [Same().Quantize($"{name}.other"), x]),
            5 => x.Concat($"{name}.both", Same().Quantize($"{name}.other")),
            6 => x.AveragePool($"{name}.pool", 3, 1, 1, countIncludePad: dice.Chance(0.5)),
            7 => x.Multiply($"{name}.gate", x.GlobalAveragePool($"{name}.mean").Quantize($"{name}.mean.q")),
            8 => x.Affine($"{name}.affine").Relu($"{name}.relu"),
            _ => x.BatchNorm($"{name}.norm"),
        };
    }
}
