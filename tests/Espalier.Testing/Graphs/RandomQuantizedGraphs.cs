using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Testing;

/// <summary>Random quantized networks: layers, sums, pools, concats, products, factors and moves, each with a rounding or of what is rounded; some ops in floating point between them.</summary>
public static class RandomQuantizedGraphs
{
    private const int Steps = 7;

    /// <summary>The network of a seed, with random parameters, scales and zero points.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="widest">Channels that a layer may have at most.</param>
    /// <param name="floats">Whether some ops between roundings are in floating point.</param>
    public static Model Create(ulong seed, int widest = 6, bool floats = true)
    {
        var dice = new Dice(seed);
        var net = new GraphBuilder();
        Value x = net.Input(dice.Between(1, 5), dice.Between(4, 8), dice.Between(4, 8)).Quantize("q");
        for (int i = 0; i < Steps; i++)
        {
            x = dice.Chance(0.7) ? Computed(dice, x, $"n{i}", widest, floats).Quantize($"n{i}.q") : Moved(dice, x, $"n{i}");
        }

        Value classes = x.GlobalAveragePool("mean").Quantize("mean.q").Flatten("flatten").Then("fc", new Linear(x.Channels, 5) { QuantizedWeights = true }).Quantize("logits");
        Graph graph = dice.Chance(0.3) ? net.Build(classes, x) : net.Build(classes);
        Parameters parameters = RandomGraphs.ParametersFor(graph).With(graph.Nodes.Where(node => node.Op is Quantize).SelectMany(node => (KeyValuePair<string, Parameter>[])
        [
            KeyValuePair.Create(node.Parameter("scale"), new Parameter(Tensor.From([1], 0.005f + (0.03f * (float)dice.Between(0, 1000) / 1000)))),
            KeyValuePair.Create(node.Parameter("zero_point"), new Parameter(Tensor.From<byte>([1], [(byte)dice.Pick(0, 100, 128, 255)]))),
        ]));
        return new Model(graph, parameters, ModelMetadata.None);
    }

    private static Value Computed(Dice dice, Value x, string name, int widest, bool floats)
    {
        Value Layer() => x.Then($"{name}.conv", new Conv2d(x.Channels, dice.Chance(0.5) ? x.Channels : dice.Between(1, widest), dice.Pick(1, 3)) { Padding = 1, Bias = dice.Chance(0.5), QuantizedWeights = true });
        Value Same() => x.Then($"{name}.same", new Conv2d(x.Channels, x.Channels, 3) { Padding = 1, Bias = true, QuantizedWeights = true, Groups = dice.Chance(0.5) ? x.Channels : 1 });
        return dice.Between(floats ? 0 : 2, 17) switch
        {
            0 => x.Builder.Append($"{name}.sum", new Add(), [x, Same().Quantize($"{name}.other"), x]),
            1 => Layer().Silu($"{name}.silu"),
            2 => Layer().Relu($"{name}.relu"),
            3 => Layer().Relu6($"{name}.relu6"),
            4 => Layer().HardTanh($"{name}.limit", -0.5, 1),
            11 => Same().Add($"{name}.sum", x).Relu($"{name}.relu"),
            5 => x.Concat($"{name}.both", Same().Quantize($"{name}.other")),
            6 => x.AveragePool($"{name}.pool", 3, 1, 1, countIncludePad: dice.Chance(0.5)),
            7 => x.Multiply($"{name}.gate", x.GlobalAveragePool($"{name}.mean").Quantize($"{name}.mean.q")),
            8 => x.Affine($"{name}.affine").Relu($"{name}.relu"),
            9 or 17 => Sum(dice, x, name),
            10 => x.Relu($"{name}.relu"), // another scale
            12 => x.AdaptiveAveragePool($"{name}.pool", (dice.Between(1, 6), dice.Between(1, 6))),
            13 => Activated(dice, x, $"{name}.activation"),
            14 => x.Multiply($"{name}.gate", x.GlobalAveragePool($"{name}.mean").Quantize($"{name}.mean.q").Sigmoid($"{name}.sigmoid").Quantize($"{name}.sigmoid.q")),
            15 => Activated(dice, Layer().Quantize($"{name}.other"), $"{name}.activation"),
            _ => x.BatchNorm($"{name}.norm"),
        };
    }

    /// <summary>A sum of values that are rounded, of which one at least is the result of a layer, limited or not.</summary>
    private static Value Sum(Dice dice, Value x, string name)
    {
        Value layer = Rounded(dice, x, $"{name}.same");
        Value sum = dice.Between(0, 5) switch
        {
            0 => x.Add($"{name}.sum", layer),
            1 => layer.Add($"{name}.sum", Rounded(dice, x, $"{name}.second")),
            2 => layer.Add($"{name}.first", x).Quantize($"{name}.first.q").Add($"{name}.sum", layer), // rounded and read twice
            3 => layer.Add($"{name}.sum", layer),
            _ => layer.Add($"{name}.sum", x),
        };
        return dice.Chance(0.5) ? sum : sum.Relu($"{name}.relu");
    }

    private static Value Rounded(Dice dice, Value x, string name)
    {
        int kernel = dice.Pick(1, 3);
        Value layer = x.Then($"{name}.conv", new Conv2d(x.Channels, x.Channels, kernel) { Padding = kernel / 2, Bias = true, QuantizedWeights = true, Groups = dice.Chance(0.3) ? x.Channels : 1 });
        return (dice.Between(0, 2) switch { 0 => layer.Relu($"{name}.relu"), 1 => layer.HardTanh($"{name}.limit", -0.5, 1), _ => layer }).Quantize($"{name}.q");
    }

    private static Value Activated(Dice dice, Value x, string name) => dice.Between(0, 5) switch
    {
        0 => x.Silu(name),
        1 => x.HardSwish(name),
        2 => x.Gelu(name),
        3 => x.LeakyRelu(name, 0.1),
        4 => x.Mish(name),
        _ => x.Tanh(name),
    };

    private static Value Moved(Dice dice, Value x, string name) => dice.Between(0, 6) switch
    {
        0 => x.MaxPool($"{name}.pool", 3, dice.Pick(1, 2), 1),
        1 => x.AdaptiveMaxPool($"{name}.pool", (dice.Between(1, 5), dice.Between(1, 5))),
        2 => x.PadChannels($"{name}.channels", dice.Between(0, 3), dice.Between(0, 18)),
        3 => x.ChannelSlice($"{name}.slice", 0, dice.Between(1, x.Channels)),
        4 => x.Concat($"{name}.both", x.MaxPool($"{name}.pool", 3, 1, 1)),
        5 => x.Pad($"{name}.pad", 1, PaddingMode.Zero),
        _ => x.Concat($"{name}.both", x).ChannelShuffle($"{name}.shuffle", 2),
    };
}
