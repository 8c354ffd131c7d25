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
            Model model = RandomQuantizedGraphs.Create(seed);
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
}
