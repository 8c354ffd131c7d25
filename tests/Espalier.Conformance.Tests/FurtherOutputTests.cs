using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Conformance.Tests;

/// <summary>Training of networks with several outputs, on every runtime: of the first one alone, and of others with it.</summary>
public sealed class FurtherOutputTests
{
    public static TheoryData<string, string> RuntimesAndNetworks =>
        [.. from runtime in Runtimes.Names.Select(row => row.Data) from network in new[] { "heads", "heads with dropout", "inner", "inner by row" } select (runtime, network)];

    [Theory]
    [MemberData(nameof(RuntimesAndNetworks))]
    public void Any_of_the_outputs_are_trained(string runtime, string network)
    {
        Runtimes.RequireTime(runtime, network);
        Graph graph = network switch
        {
            "heads" => SeveralOutputs.Heads(),
            "heads with dropout" => SeveralOutputs.Heads(0.4),
            "inner" => SeveralOutputs.Inner(StochasticDepthMode.Batch),
            _ => SeveralOutputs.Inner(StochasticDepthMode.Row),
        };
        var each = new Case(network, new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None), 3);
        string[] further = [.. graph.Outputs.Skip(1)];
        foreach (string[] outputs in (string[][])[[], further, [.. further.Reverse()], [further[^1]]])
        {
            foreach (bool recompute in (bool[])[false, true])
            {
                string? failure = Check.Training(Runtimes.Get(runtime), each, further: ValueList.From(outputs), recompute: recompute);
                Assert.True(failure is null, $"{string.Join(' ', outputs)}, recompute {recompute}: {failure}\n{graph}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Runtimes.Names), MemberType = typeof(Runtimes))]
    public void What_only_an_output_that_is_not_trained_needs_stays(string runtime)
    {
        Graph graph = SeveralOutputs.Heads();
        using ITrainingRun run = Runtimes.Get(runtime).PrepareTraining(new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None), new TrainingRunOptions { Batch = 2 });
        float[] mean = run.Buffers["aux.bn.running_mean"].Read<float>().ToArray();

        run.Backward(run.Forward(CounterFill.Input([2, 3, 8, 8]), 0).ToArray());

        Assert.Equal(0, run.SamplesComputed("aux.fc"));
        Assert.Equal(mean, run.Buffers["aux.bn.running_mean"].Read<float>());
        Assert.All(run.Parameters, parameter => Assert.Equal(!parameter.Name.StartsWith("aux", StringComparison.Ordinal), parameter.HasGradient));
    }

    [Theory]
    [MemberData(nameof(Runtimes.Names), MemberType = typeof(Runtimes))]
    public void What_is_no_further_output_is_refused(string runtime)
    {
        Graph graph = SeveralOutputs.Heads();
        var model = new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None);
        foreach (string[] outputs in (string[][])[["nothing"], ["fc"], ["conv1"], ["aux.fc", "aux.fc"]])
        {
            string error = Assert.Throws<GraphException>(() => Runtimes.Get(runtime).PrepareTraining(model, new TrainingRunOptions { FurtherOutputs = ValueList.From(outputs) })).Message;
            Assert.Contains($"{outputs[0]}", error, StringComparison.Ordinal);
            Assert.EndsWith("each of the graph's outputs after the first at most once: aux.fc", error, StringComparison.Ordinal);
        }

        using ITrainingRun run = Runtimes.Get(runtime).PrepareTraining(model, new TrainingRunOptions { Batch = 2, FurtherOutputs = ["aux.fc"] });
        Assert.Equal(2 * 2 * SeveralOutputs.Classes, run.Forward(CounterFill.Input([2, 3, 8, 8]), 0).Length);
        Assert.Throws<ArgumentException>(() => run.Backward(new float[2 * SeveralOutputs.Classes]));
    }
}
