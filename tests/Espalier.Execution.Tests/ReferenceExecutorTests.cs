using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Execution.Tests;

public class ReferenceExecutorTests
{
    [Theory]
    [MemberData(nameof(Samples))]
    public void Every_op_is_in_the_table(int index)
    {
        OpSample sample = AllOps.Samples[index];
        Graph graph = sample.ToGraph();
        Dictionary<string, double[]> inputs = graph.Nodes.Where(node => node.Op is Input)
            .ToDictionary(node => node.Name, node => CounterFill.Input(graph.ShapeOf(node.Name)).To(ElementType.Float64).Read<double>().ToArray());

        double[] result = ReferenceExecutor.RunAll(graph, RandomGraphs.ParametersFor(graph), inputs, batch: 1)[graph.Outputs[0]];

        Assert.Equal(sample.Output.Count, result.Length);
        Assert.All(result, number => Assert.True(double.IsFinite(number)));
    }

    [Theory]
    [InlineData(StochasticDepthForm.Residual, StochasticDepthScaling.Paper, 10 + (0.25 * 4))]
    [InlineData(StochasticDepthForm.Residual, StochasticDepthScaling.Inverted, 14)]
    [InlineData(StochasticDepthForm.Bypass, StochasticDepthScaling.Paper, (0.75 * 10) + (0.25 * 4))]
    [InlineData(StochasticDepthForm.Bypass, StochasticDepthScaling.Inverted, 4)]
    public void Stochastic_depth_is_the_mean_over_its_draws(StochasticDepthForm form, StochasticDepthScaling scaling, double expected)
    {
        var net = new GraphBuilder();
        Value shortcut = net.Input([1], "shortcut");
        Value branch = net.Input([1], "branch");
        Graph graph = net.Build(shortcut.StochasticDepth("join", branch, new StochasticDepth(0.25) { Form = form, Scaling = scaling }));
        var inputs = new Dictionary<string, double[]> { ["shortcut"] = [10], ["branch"] = [4] };

        Assert.Equal([expected], ReferenceExecutor.RunAll(graph, Parameters.Empty, inputs, batch: 1)["join"]);
    }

    [Fact]
    public void The_input_shape_is_taken_from_the_batch()
    {
        var net = new GraphBuilder();
        Graph graph = net.Build(net.Input(2, 8, 8).GlobalAveragePool("pool").Flatten("flatten"));
        var model = new Model(graph, Parameters.Empty, ModelMetadata.None);
        Tensor input = Tensor.From([2, 2, 1, 2], 1, 3, 10, 30, 5, 7, 50, 70);

        Assert.Equal([2, 20, 6, 60], ReferenceExecutor.Run(model, input).Read<float>().ToArray());
    }

    public static TheoryData<int> Samples() => [.. Enumerable.Range(0, AllOps.Samples.Count)];
}
