using Espalier.Execution;
using Espalier.Graphs;

namespace Espalier.Training.Tests.Plans;

public class BypassChainTests
{
    [Fact]
    public void Before_a_long_chain_of_bypassed_modules_every_sample_is_needed_and_that_is_seen_at_once()
    {
        const int Modules = 60; // 2⁶⁰ combinations of draws
        var net = new GraphBuilder();
        Value x = net.Input(2, 4, 4).Conv2d("stem", 2, 1);
        for (int i = 0; i < Modules; i++)
        {
            x = x.StochasticDepth($"join{i}", x.Conv2d($"module{i}", 2, 1), new StochasticDepth(0.5) { Form = StochasticDepthForm.Bypass, Mode = StochasticDepthMode.Row });
        }

        Graph graph = net.Build(x);
        var needs = new SampleNeeds(graph, [graph.Outputs[0]]);
        var draws = new DepthDraws(graph, new TrainingDraws(seed: 1, 0), batch: 8);
        foreach (SampleNeed need in needs.All)
        {
            need.Update(8, draws);
        }

        Assert.Equal(8, needs.Of("stem")!.Count);
        Assert.Equal(8, needs.Of("join30")!.Count);
        Assert.InRange(needs.Of("module30")!.Count, 1, 7);
        Assert.Single(needs.Of("module30")!.Terms);
    }
}
