using Espalier.Graphs;
using Espalier.Models;

namespace Espalier.Surgery.Tests.Depth;

public sealed class StochasticDepthForecastTests
{
    [Fact]
    public void Linear_decay_to_one_half_leaves_the_papers_number_of_blocks()
    {
        StochasticDepthForecast forecast = Forecast("cifar_resnet110", new());
        Assert.Equal(54, forecast.Blocks);
        Assert.Equal(((3 * 54) - 1) / 4.0, forecast.ExpectedBlocks, 1e-12); // Huang 2016, §3: "about 40"
        Assert.Equal(110, forecast.Depth);
        Assert.Equal(2 + (2 * forecast.ExpectedBlocks), forecast.ExpectedDepth, 1e-9);
        Assert.InRange(forecast.SavedShare, 0.24, 0.26); // the paper's "approximately 25%"
    }

    [Fact]
    public void A_network_without_stochastic_depth_saves_nothing()
    {
        NetworkSummary summary = Zoo.Create("resnet50").Summarize();
        Assert.Equal(
            new StochasticDepthForecast(0, 0, 50, 50, summary.MultiplyAccumulates, summary.MultiplyAccumulates),
            StochasticDepthForecast.Of(summary.Graph));
    }

    [Fact]
    public void A_long_chain_of_bypassed_modules_takes_no_time_to_forecast()
    {
        var options = new StochasticDepthWrapOptions { Form = StochasticDepthForm.Bypass, Projection = BypassProjection.Cloned, Survival = SurvivalRule.Constant(0.5) };
        StochasticDepthForecast forecast = Forecast("cifar_resnet110", options);
        Assert.Equal(27, forecast.ExpectedBlocks, 1e-12);
        Assert.Equal(2 + (0.5 * 108) + (0.5 * 2), forecast.ExpectedDepth, 1e-9); // two modules have a projection of one layer
    }

    [Theory]
    [InlineData(StochasticDepthForm.Residual, StochasticDepthScaling.Paper)]
    [InlineData(StochasticDepthForm.Residual, StochasticDepthScaling.Inverted)]
    [InlineData(StochasticDepthForm.Bypass, StochasticDepthScaling.Paper)]
    [InlineData(StochasticDepthForm.Bypass, StochasticDepthScaling.Inverted)]
    public void The_forecast_is_the_mean_over_all_draws(StochasticDepthForm form, StochasticDepthScaling scaling)
    {
        Model model = Zoo.Create("cifar_resnet14").Initialize(1);
        bool bypass = form == StochasticDepthForm.Bypass;
        var options = new StochasticDepthWrapOptions
        {
            Form = form,
            Scaling = scaling,
            Survival = SurvivalRule.LinearDecay(0.4),
            Projection = bypass ? BypassProjection.Cloned : BypassProjection.None,
            Scopes = bypass ? ["layer1", "layer1.0", "layer2", "layer3.1"] : [],
        };
        Graph graph = model.Apply(new StochasticDepthWrap(options)).Graph;
        (double macs, double depth) = MeanOverAllDraws(graph);

        StochasticDepthForecast forecast = StochasticDepthForecast.Of(graph);

        Assert.Equal(macs, forecast.ExpectedMultiplyAccumulates, macs * 1e-12);
        Assert.Equal(new NetworkSummary(model.Graph).MultiplyAccumulates, forecast.MultiplyAccumulates);
        if (!bypass || scaling == StochasticDepthScaling.Paper)
        {
            Assert.Equal(depth, forecast.ExpectedDepth, 1e-9);
        }
    }

    private static StochasticDepthForecast Forecast(string network, StochasticDepthWrapOptions options) =>
        StochasticDepthForecast.Of(Zoo.Create(network).Initialize(1).Apply(new StochasticDepthWrap(options)).Graph);

    /// <summary>Goes through every outcome of all draws and counts what a training step then computes.</summary>
    private static (double MultiplyAccumulates, double Depth) MeanOverAllDraws(Graph graph)
    {
        Node[] joins = [.. graph.Nodes.Where(node => node.Op is StochasticDepth)];
        (double macs, double depth) = (0, 0);
        for (int outcome = 0; outcome < 1 << joins.Length; outcome++)
        {
            Dictionary<string, bool> survives = joins.Index().ToDictionary(each => each.Item.Name, each => ((outcome >> each.Index) & 1) == 1, StringComparer.Ordinal);
            double probability = joins.Aggregate(1.0, (p, join) => p * (survives[join.Name] ? Survival(join) : 1 - Survival(join)));
            HashSet<string> needed = [graph.Outputs[0]];
            foreach (Node node in graph.Nodes.Reverse().Where(node => needed.Contains(node.Name)))
            {
                needed.UnionWith(Read(node, survives));
            }

            var depths = new Dictionary<string, int>(StringComparer.Ordinal);
            foreach (Node node in graph.Nodes.Where(node => needed.Contains(node.Name)))
            {
                depths[node.Name] = Read(node, survives).Select(input => depths[input]).DefaultIfEmpty(0).Max() + (node.Op is Conv2d or Linear ? 1 : 0);
            }

            macs += probability * graph.Nodes.Where(node => needed.Contains(node.Name)).Sum(node => MultiplyAccumulates.Of(graph, node));
            depth += probability * depths[graph.Outputs[0]];
        }

        return (macs, depth);
    }

    private static double Survival(Node join) => ((StochasticDepth)join.Op).SurvivalProbability;

    private static IEnumerable<string> Read(Node node, Dictionary<string, bool> survives)
    {
        if (node.Op is not StochasticDepth op)
        {
            return node.Inputs;
        }

        (double shortcut, double branch) = op.TrainingFactors(survives[node.Name]);
        return node.Inputs.Where((_, i) => (i == 0 ? shortcut : branch) != 0);
    }
}
