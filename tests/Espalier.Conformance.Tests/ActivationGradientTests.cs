using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Conformance.Tests;

/// <summary>Gradients by nodes' outputs, on every runtime: those of the naive kernels in double, whatever else is trained.</summary>
public sealed class ActivationGradientTests
{
    private const int Step = 3;

    public static TheoryData<string, string> RuntimesAndOps => ConformanceTests.RuntimesAndOps;

    [Theory]
    [MemberData(nameof(RuntimesAndOps))]
    public void An_op_passes_gradients_to_every_node_before_it(string runtime, string op)
    {
        Runtimes.RequireTime(runtime, op);
        foreach (Case each in Case.Ops(op))
        {
            string[] all = NodesOf(each.Model);
            RequireGradients(runtime, each, 1e-4, new TrainingRunOptions { GradientsOf = ValueList.From(all) });
        }
    }

    [Theory]
    [MemberData(nameof(Runtimes.Names), MemberType = typeof(Runtimes))]
    public void Every_node_of_a_random_network_has_its_gradient(string runtime)
    {
        Runtimes.RequireTime(runtime, nameof(Every_node_of_a_random_network_has_its_gradient));
        foreach (Case each in Case.Random.Where(each => each.Batch == 2).Take(Runtimes.IsEmulated(runtime) ? 1 : int.MaxValue))
        {
            string[] all = NodesOf(each.Model);
            var options = new TrainingRunOptions { GradientsOf = ValueList.From(all) };
            RequireGradients(runtime, each, Check.ThroughNetworks, options, options with { Recompute = true }, new TrainingRunOptions { GradientsOf = [all[0], all[all.Length / 2]] });
        }
    }

    [Theory]
    [MemberData(nameof(Runtimes.Names), MemberType = typeof(Runtimes))]
    public void The_gradients_of_parameters_are_the_same_beside_them(string runtime)
    {
        Runtimes.RequireTime(runtime, nameof(The_gradients_of_parameters_are_the_same_beside_them));
        foreach (Case each in Case.Random.Where(each => each.Batch > 1).Take(Runtimes.IsEmulated(runtime) ? 1 : 3))
        {
            var options = new TrainingRunOptions { Batch = each.Batch, Seed = 5, GradientsOf = ValueList.From(NodesOf(each.Model)) };
            using ITrainingRun run = Runtimes.Get(runtime).PrepareTraining(each.Model, options);
            new TrainingCheck(run, options).AssertClose(Check.ThroughNetworks, each.ToString());
        }
    }

    [Theory]
    [MemberData(nameof(Runtimes.Names), MemberType = typeof(Runtimes))]
    public void A_gradient_exists_between_a_backward_pass_and_the_next_forward_pass(string runtime)
    {
        Graph graph = SeveralOutputs.Heads();
        var model = new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None);
        using ITrainingRun run = Runtimes.Get(runtime).PrepareTraining(model, new TrainingRunOptions { Batch = 3, GradientsOf = [graph.Input.Name] });

        Assert.Throws<InvalidOperationException>(() => run.GradientOf(graph.Input.Name));
        float[] result = run.Forward(CounterFill.Input([2, 3, 8, 8]), 0).ToArray();
        Assert.Throws<InvalidOperationException>(() => run.GradientOf(graph.Input.Name));
        run.Backward(result);
        Tensor gradient = run.GradientOf(graph.Input.Name);
        Assert.Equal([2, 3, 8, 8], gradient.Shape);
        Assert.Contains("names these: input", Assert.Throws<ArgumentException>(() => run.GradientOf("fc")).Message, StringComparison.Ordinal);
        float[] copy = gradient.Read<float>().ToArray();
        run.Forward(CounterFill.Input([3, 3, 8, 8]), 1);
        Assert.Throws<InvalidOperationException>(() => run.GradientOf(graph.Input.Name));
        Assert.Equal(copy, gradient.Read<float>());
    }

    [Theory]
    [MemberData(nameof(Runtimes.Names), MemberType = typeof(Runtimes))]
    public void A_node_without_a_gradient_is_refused(string runtime)
    {
        Graph graph = SeveralOutputs.Heads();
        var model = new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None);
        GraphException Refusal(string node) => Assert.Throws<GraphException>(() => Runtimes.Get(runtime).PrepareTraining(model, new TrainingRunOptions { GradientsOf = [node] }));

        Assert.Contains("con1: is named for its gradient, but there is no such node in the graph; did you mean conv1", Refusal("con1").Message, StringComparison.Ordinal);
        Assert.Contains("aux.fc: is named for its gradient, but no trained output depends on it; these are fc", Refusal("aux.fc").Message, StringComparison.Ordinal);
        Runtimes.Get(runtime).PrepareTraining(model, new TrainingRunOptions { GradientsOf = ["aux.fc"], FurtherOutputs = ["aux.fc"] }).Dispose();
    }

    [Fact]
    public void Nothing_named_takes_no_memory()
    {
        Model model = Case.Random.First().Model;
        MemoryForecast Forecast(ValueList<string> names)
        {
            using ITrainingRun run = Runtimes.Get("cpu").PrepareTraining(model, new TrainingRunOptions { Batch = 2, GradientsOf = names });
            return run.Memory;
        }

        Assert.Equal(Forecast(default), Forecast([]));
        Assert.True(Forecast(ValueList.From(NodesOf(model))).Arena > Forecast([]).Arena);
    }

    private static string[] NodesOf(Model model)
    {
        HashSet<string> reached = [model.Graph.Outputs[0]];
        foreach (Node node in model.Graph.Nodes.Reverse().Where(node => reached.Contains(node.Name)))
        {
            reached.UnionWith(node.Inputs);
        }

        return [.. model.Graph.Nodes.Select(node => node.Name).Where(reached.Contains)];
    }

    private static Model Frozen(Model model) => model.With(model.Parameters.With(model.Parameters.Select(parameter => KeyValuePair.Create(parameter.Key, parameter.Value with { Trainable = false }))));

    // With the last options no parameter is trained.
    private static void RequireGradients(string runtime, Case each, double tolerance, params TrainingRunOptions[] ways)
    {
        (Graph graph, ulong seed) = (each.Model.Graph, 5);
        Tensor images = CounterFill.Stream("inputs", graph.ShapeOf(graph.Input.Name).Prepend(each.Batch), -1, 2);
        Tensor gradient = CounterFill.Stream("gradient", graph.ShapeOf(graph.Outputs[0]).Prepend(each.Batch), -1, 2);
        var naive = new ReferenceTraining<double>(
            graph, ReferenceExecutor.ValuesOf<double>(each.Model.Parameters), new Dictionary<string, double[]> { [graph.Input.Name] = Doubles(images) }, each.Batch, new TrainingDraws(seed, Step));
        naive.Backward(Doubles(gradient));
        foreach ((int i, TrainingRunOptions way) in ways.Index())
        {
            Model model = i > 0 && i == ways.Length - 1 ? Frozen(each.Model) : each.Model;
            using ITrainingRun run = Runtimes.Get(runtime).PrepareTraining(model, way with { Batch = each.Batch, Seed = seed });
            run.Forward(images, Step);
            run.Backward(gradient.Read<float>());
            foreach (string node in way.GradientsOf)
            {
                RequireClose(Expected(naive, node, (int)graph.ShapeOf(node).Count, each.Batch), run.GradientOf(node), graph.ShapeOf(node).Prepend(each.Batch), tolerance, $"{each}, way {i}: the gradient of {node}\n{graph}");
            }
        }
    }

    // What is left of terms that cancel, as before a norm, is compared with gradients of 0.05.
    private static void RequireClose(double[] expected, Tensor actual, Shape shape, double tolerance, string what)
    {
        double greatest = expected.Select(Math.Abs).Append(0.05).Max();
        ReadOnlySpan<float> values = actual.Read<float>();
        Assert.Equal(shape, actual.Shape);
        for (int i = 0; i < values.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - values[i]) <= tolerance * greatest, $"element {i} is {values[i]:R}, expected {expected[i]:R}; the greatest is {greatest:R}; {what}");
        }
    }

    private static double[] Expected(ReferenceTraining<double> naive, string node, int length, int batch)
    {
        double[] all = new double[length * batch];
        if (naive.Gradients.TryGetValue(node, out double[]? rows))
        {
            foreach ((int row, int sample) in naive.SamplesOf(node).Index())
            {
                rows.AsSpan(row * length, length).CopyTo(all.AsSpan(sample * length));
            }
        }

        return all;
    }

    private static double[] Doubles(Tensor tensor) => tensor.To(ElementType.Float64).Read<double>().ToArray();
}
