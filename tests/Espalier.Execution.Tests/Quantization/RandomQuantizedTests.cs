using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Execution.Tests.Quantization;

/// <summary>Random quantized networks: each rounding in integers against the rounding of what double precision computes from the same integers.</summary>
public sealed class RandomQuantizedTests
{
    private const int Seeds = 40;
    private const int Batch = 2;

    [Fact]
    public void Every_rounding_in_integers_is_within_one_quantum_of_that_in_double()
    {
        int regions = 0, equal = 0, all = 0;
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            Model model = Create(seed);
            Graph graph = model.Graph;
            Graph whole = new(graph.Nodes, ValueList.From(graph.Nodes.Where(node => node.Op is Quantize).Select(node => node.Name)));
            Model observed = new(whole, model.Parameters, model.Metadata);
            Tensor input = CounterFill.Stream($"sample {seed}", graph.ShapeOf(graph.Input.Name).Prepend(Batch), -2, 4);
            Dictionary<string, double[]> given = whole.Outputs.Zip(IntegerReference.RunOutputs(observed, input), (name, value) => (name, value.To(ElementType.Float64).Read<double>().ToArray())).ToDictionary();
            var integers = new IntegerValues(model);
            foreach (Node point in graph.Nodes.Where(node => node.Op is Quantize && integers.RegionOf(node) is not null))
            {
                double scale = QuantizationPoint.Of(model, point).Scale;
                double[] expected = FromSameIntegers(model, point, given);
                regions++;
                foreach ((double found, double wanted) in given[point.Name].Zip(expected))
                {
                    all++;
                    equal += Math.Abs(found - wanted) < scale / 2 ? 1 : 0;
                    Assert.True(Math.Abs(found - wanted) < 1.5 * scale, $"seed {seed}, {point.Name}: {found / scale} instead of {wanted / scale} quanta\n{graph}");
                }
            }
        }

        Assert.True(regions > 5 * Seeds, $"{regions} regions");
        Assert.True(equal > 0.99 * all, $"{equal} of {all} are equal"); // ties aside
    }

    // The rounding in double of what double computes from the integers of the roundings before it.
    private static double[] FromSameIntegers(Model model, Node point, Dictionary<string, double[]> given)
    {
        var known = new Dictionary<string, double[]>(StringComparer.Ordinal);
        Parameters parameters = QuantizedLayer.InFloat(model.Graph, model.Parameters);
        double[] Of(string name)
        {
            if (name != point.Name && given.TryGetValue(name, out double[]? rounded))
            {
                return rounded;
            }

            if (!known.TryGetValue(name, out double[]? values))
            {
                Node node = model.Graph[name];
                foreach (string input in node.Inputs)
                {
                    Of(input);
                }

                values = known[name] = new double[Batch * model.Graph.ShapeOf(name).Count];
                ReferenceOps.Run(new ReferenceCall<double>(model.Graph, node, Batch, Of, role => ReferenceExecutor.Numbers<double>(parameters[role].Effective)), values);
            }

            return values;
        }

        return Of(point.Name);
    }

    // Layers, sums, pools, concats, products and factors at random, each with a rounding.
    private static Model Create(ulong seed)
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
