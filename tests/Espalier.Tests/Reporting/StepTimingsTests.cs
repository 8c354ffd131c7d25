using Espalier.Graphs;
using Espalier.Inference;
using Espalier.Models;

namespace Espalier.Tests.Reporting;

public sealed class StepTimingsTests
{
    [Fact]
    public void A_step_is_shown_at_its_layer_and_the_others_are_fused_into_that()
    {
        Model model = TinyData.Model();
        StepTimings timings = StepTimings.Of(model.Graph, 3, [Step("input", 0.125), Step("relu", 0.5), Step("layer1.0.relu1", 1), Step("layer1.0.relu2", 2), Step("merged", 0.25)]);

        Assert.Equal((3, 0.25), (timings.Milliseconds, timings.OtherMilliseconds));
        Assert.Equal(new NodeTiming(0.5, "kernel of relu", null), timings.Nodes["conv1"]);
        Assert.All((string[])["bn1", "relu"], name => Assert.Equal(new NodeTiming(null, null, "conv1"), timings.Nodes[name]));
        Assert.Equal(new NodeTiming(2, "kernel of layer1.0.relu2", null), timings.Nodes["layer1.0.conv2"]);
        Assert.Equal(new NodeTiming(null, null, "layer1.0.conv2"), timings.Nodes["layer1.0.add"]);
        Assert.Equal(new NodeTiming(0.125, "kernel of input", null), timings.Nodes["input"]);
        Assert.False(timings.Nodes.ContainsKey("layer1.1.conv1"));
    }

    [Theory]
    [InlineData("cifar_resnet20")]
    [InlineData("squeezenet1_1")]
    public void Every_step_of_a_plan_is_accounted_for(string network)
    {
        Model model = Zoo.Create(network).Initialize(1);
        StepTimings timings = Assert.Single(StepTimings.Measure([model], TestContext.Current.CancellationToken));
        Assert.Equal(0, timings.OtherMilliseconds);
        Assert.Equal(model.Graph.Nodes.Where(node => node.Op is Conv2d or Linear).Select(node => node.Name), model.Graph.Nodes.Where(node => node.Op is Conv2d or Linear && timings.Nodes[node.Name].Milliseconds is not null).Select(node => node.Name));
        Assert.True(timings.Milliseconds > 0 && timings.Nodes.Values.Sum(node => node.Milliseconds) > 0);
        Assert.All(timings.Nodes.Values, node => Assert.True(node.FusedInto is null || timings.Nodes[node.FusedInto].Milliseconds is not null));
    }

    [Fact]
    public void Times_come_into_the_report()
    {
        string page = ReportedData.Page(TinyData.Model(), new ModelReportOptions { Time = true });
        System.Text.Json.JsonElement data = ReportedData.Of(page).GetProperty("models")[0];
        Assert.True(data.GetProperty("ms").GetDouble() > 0);
        double nodes = data.GetProperty("nodes").EnumerateArray().Sum(Milliseconds), stages = data.GetProperty("stages").EnumerateArray().Sum(Milliseconds);
        Assert.True(nodes > 0 && stages > 0 && stages <= nodes + 1e-9);
        static double Milliseconds(System.Text.Json.JsonElement row) => row.TryGetProperty("ms", out System.Text.Json.JsonElement ms) ? ms.GetDouble() : 0;
    }

    private static LayerTiming Step(string name, double milliseconds) => new(name, $"kernel of {name}", [1], 0, milliseconds, 1);
}
