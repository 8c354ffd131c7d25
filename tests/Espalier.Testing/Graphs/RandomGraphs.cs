using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Testing;

/// <summary>Random networks of valid shapes that use every op: residual, grouped, concatenated, multi-branch, gated, tied.</summary>
/// <remarks>
/// A network is a function of its seed and options. Channels are often no multiple of a vector's width, maps are rarely square, and
/// windows, strides, paddings and dilations differ between the axes: whatever assumes otherwise should fail on some seed. A test
/// that uses one says the seed when it fails.
/// </remarks>
public static class RandomGraphs
{
    /// <summary>The network of a seed.</summary>
    public static Graph Create(ulong seed, RandomGraphOptions? options = null)
    {
        RandomGraphOptions chosen = options ?? new();
        var dice = new Dice(seed);
        var blocks = new RandomBlocks(dice, chosen);
        var net = new GraphBuilder();
        Value x = net.Input(
            dice.Pick(1, 3, 4, 5),
            dice.Between(chosen.SmallestInput, chosen.LargestInput),
            dice.Between(chosen.SmallestInput, chosen.LargestInput));
        x = x.In("stem", blocks.Stem);
        int count = dice.Between(1, chosen.Blocks);
        for (int i = 0; i < count; i++)
        {
            x = x.In($"block{i}", blocks.Block);
        }

        var heads = new RandomHeads(dice, chosen);
        Value result = x.In("head", heads.Head);
        return chosen.ManyOutputs && dice.Chance(0.5)
            ? net.Build(result, x.In("second", heads.Head))
            : net.Build(result);
    }

    /// <summary>The network of a seed with numbers from <see cref="CounterFill"/>.</summary>
    public static Model CreateModel(ulong seed, RandomGraphOptions? options = null)
    {
        Graph graph = Create(seed, options);
        return new Model(graph, ParametersFor(graph), ModelMetadata.None with { Architecture = $"random{seed}" });
    }

    /// <summary>Numbers from <see cref="CounterFill"/> for every parameter of a graph, but scales that suit them and a zero point in the middle; buffers are not trainable.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="normGain">What the weight of every norm is multiplied by, in float, as the oracle does it.</param>
    public static Parameters ParametersFor(Graph graph, float normGain = 1)
    {
        Parameters parameters = Parameters.From(graph.Parameters.Select(parameter => KeyValuePair.Create(
            parameter.Key,
            new Parameter(ParameterFor(parameter.Key, parameter.Value)) { Trainable = !parameter.Value.IsBuffer })));
        string[] norms = normGain == 1 ? [] : [.. graph.Nodes.Where(node => node.Op is BatchNorm or GroupNorm or LayerNorm).Select(node => node.Parameter("weight")).Distinct()];
        foreach (string norm in norms)
        {
            foreach (ref float weight in parameters[norm].Value.Write<float>())
            {
                weight *= normGain;
            }
        }

        return parameters;
    }

    private static Tensor ParameterFor(string name, ParameterSpec spec) => spec switch
    {
        { Role: "scale", IsScale: true } => CounterFill.Stream(name, spec.Shape, 0.02, 0.01),
        { IsScale: true } => CounterFill.Stream(name, spec.Shape, 0.008, 0.002),
        { Storage: ElementType.UInt8 } => Tensor.From<byte>(spec.Shape, [131]),
        _ => CounterFill.Parameter(name, spec.Shape),
    };
}
