using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Execution.Tests.Gradients;

/// <summary>Every op's naive gradient against central differences in double: by every input and every parameter.</summary>
public class CentralDifferenceTests
{
    private const int Seeds = 12;
    private const int Batch = 3;
    private const double Step = 1e-5; // the difference errs by about Step² and by 1e-16/Step: both far below the tolerance
    private const double Relative = 1e-5;
    private const double Absolute = 1e-7;

    [Theory]
    [MemberData(nameof(Ops))]
    public void An_ops_gradient_is_what_its_values_do(string op, bool frozen)
    {
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            OpSample sample = RandomOps.Create(AllOps.Types.Single(type => type.Name == op), seed);
            Check(sample.ToGraph(), seed, frozen, $"{sample}, seed {seed}");
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_batch_norm_without_running_statistics_has_the_batchs_even_where_it_is_frozen(bool affine)
    {
        Graph graph = new OpSample(new BatchNorm(4) { Affine = affine, RunningStatistics = false }, [4, 3, 2]).ToGraph();
        Check(graph, 1, true, "frozen norm");
        Check(graph, 2, false, "norm");
    }

    [Theory]
    [InlineData(1ul)]
    [InlineData(2ul)]
    [InlineData(3ul)]
    [InlineData(4ul)]
    public void A_whole_networks_gradient_is_what_its_values_do(ulong seed)
    {
        Graph graph = RandomGraphs.Create(seed, new RandomGraphOptions { Blocks = 2, Channels = 5, SmallestInput = 4, LargestInput = 6 });
        Check(graph, seed, false, $"network of seed {seed}\n{graph}", 40);
    }

    [Theory]
    [InlineData(1ul)]
    [InlineData(2ul)]
    [InlineData(3ul)]
    [InlineData(4ul)]
    public void A_networks_gradient_by_each_nodes_output_is_what_that_output_does(ulong seed)
    {
        Graph graph = RandomGraphs.Create(seed, new RandomGraphOptions { Blocks = 2, Channels = 5, SmallestInput = 4, LargestInput = 6 });
        Dictionary<string, double[]> parameters = ReferenceExecutor.ValuesOf<double>(RandomGraphs.ParametersFor(graph));
        var inputs = new Dictionary<string, double[]> { [graph.Input.Name] = Numbers($"input {seed}", graph.ShapeOf(graph.Input.Name).Prepend(Batch), 3) };
        double[] weights = Numbers($"loss {seed}", graph.ShapeOf(graph.Outputs[0]).Prepend(Batch), 1);
        (string Node, int Element, double Step) shift = ("", 0, 0);
        ReferenceTraining<double> Run() => new(graph, parameters, inputs, Batch, new TrainingDraws(seed, 5), null, null, (node, values) =>
        {
            if (node.Name == shift.Node)
            {
                values[shift.Element] += shift.Step;
            }
        });
        double Loss(string node, int element, double step)
        {
            shift = (node, element, step);
            return Run().Results[graph.Outputs[0]].Zip(weights, (y, w) => y * w).Sum();
        }

        ReferenceTraining<double> pass = Run();
        pass.Backward(weights);
        foreach (Node node in graph.Nodes.Where(node => node.Op is not Input && pass.Results.ContainsKey(node.Name)))
        {
            double[] gradient = pass.Gradients.GetValueOrDefault(node.Name, new double[pass.Results[node.Name].Length]);
            for (int i = 0; i < gradient.Length; i += Math.Max(1, gradient.Length / 6))
            {
                double expected = (Loss(node.Name, i, Step) - Loss(node.Name, i, -Step)) / (2 * Step);
                Assert.True(Math.Abs(expected - gradient[i]) <= Absolute + (Relative * Math.Abs(expected)), $"{node.Name}: element {i} is {gradient[i]:R}, the difference quotient {expected:R}\n{graph}");
            }
        }
    }

    [Fact]
    public void Several_outputs_have_the_gradient_of_the_sum_of_their_losses()
    {
        foreach (Graph graph in (Graph[])[SeveralOutputs.Heads(0.3), SeveralOutputs.Inner(StochasticDepthMode.Row), SeveralOutputs.Inner(StochasticDepthMode.Batch)])
        {
            Check(graph, 1, false, $"all outputs of\n{graph}", 40, graph.Outputs);
        }
    }

    [Fact]
    public void An_op_without_a_reference_gradient_is_refused_by_name()
    {
        Graph graph = new OpSample(new Input([3])).ToGraph();
        var call = new ReferenceCall<double>(graph, graph.Nodes[0] with { Inputs = ["input"] }, 1, _ => [1, 2, 3], _ => []);
        Assert.Contains("input", Assert.Throws<NotSupportedException>(
            () => ReferenceGradients.Run(call, new ReferenceGradients.Operands<double>([], [], _ => [0, 0, 0], _ => []))).Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, bool> Ops()
    {
        // The gradient of a rounding is straight-through and not that of its values; QuantizationGradientTests has it.
        TheoryData<string, bool> data = [.. AllOps.Types.Where(type => type != typeof(Input) && type != typeof(Quantize)).Select(type => (type.Name, false))];
        data.Add(nameof(BatchNorm), true);
        return data;
    }

    private static void Check(Graph graph, ulong seed, bool frozen, string what, int most = int.MaxValue, IReadOnlyList<string>? outputs = null)
    {
        outputs ??= [graph.Outputs[0]];
        Dictionary<string, double[]> parameters = ReferenceExecutor.ValuesOf<double>(RandomGraphs.ParametersFor(graph));
        Dictionary<string, double[]> inputs = graph.Nodes.Where(node => node.Op is Input)
            .ToDictionary(node => node.Name, node => Numbers($"{node.Name} {seed}", graph.ShapeOf(node.Name).Prepend(Batch), 3));
        double[] weights = [.. outputs.SelectMany((output, i) => Numbers(i == 0 ? $"loss {seed}" : $"loss {seed} {output}", graph.ShapeOf(output).Prepend(Batch), 1))];
        var options = new TrainingRunOptions { Batch = Batch, Frozen = frozen ? ValueList.From(graph.Nodes.Select(node => node.Name)) : [] };
        ReferenceTraining<double> Run() => new(graph, parameters, inputs, Batch, new TrainingDraws(seed, 5), options.IsFrozen, outputs);
        double Loss()
        {
            ReferenceTraining<double> run = Run();
            return outputs.SelectMany(output => run.Results[output]).Zip(weights, (y, w) => y * w).Sum();
        }


        ReferenceTraining<double> pass = Run();
        pass.Backward(weights);

        foreach ((string name, double[] values) in inputs)
        {
            Compare(values, pass.Gradients.GetValueOrDefault(name, new double[values.Length]), Loss, most, $"{name} of {what}");
        }

        foreach ((string name, ParameterSpec spec) in graph.Parameters.Where(parameter => !parameter.Value.IsBuffer))
        {
            Compare(parameters[name], pass.ParameterGradients.GetValueOrDefault(name, new double[spec.Shape.Count]), Loss, most, $"{name} of {what}");
        }
    }

    private static void Compare(double[] values, double[] gradient, Func<double> loss, int most, string what)
    {
        Assert.Equal(values.Length, gradient.Length);
        int stride = Math.Max(1, values.Length / most);
        for (int i = 0; i < values.Length; i += stride)
        {
            double value = values[i];
            values[i] = value + Step;
            double above = loss();
            values[i] = value - Step;
            double below = loss();
            values[i] = value;
            double expected = (above - below) / (2 * Step);
            Assert.True(Math.Abs(expected - gradient[i]) <= Absolute + (Relative * Math.Abs(expected)), $"{what}: element {i} is {gradient[i]:R}, the difference quotient {expected:R}");
        }
    }

    private static double[] Numbers(string stream, Shape shape, double reach)
    {
        CounterRandom random = new CounterRandom(1).Stream(stream);
        return [.. Enumerable.Range(0, (int)shape.Count).Select(i => random.Uniform((ulong)i, -reach, reach))];
    }
}
