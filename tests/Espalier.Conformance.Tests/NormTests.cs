using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Conformance.Tests;

/// <summary>Batch norms without running statistics, and a block of layer norms and layer scales, on every runtime.</summary>
public sealed class NormTests
{
    [Theory]
    [MemberData(nameof(Runtimes.Names), MemberType = typeof(Runtimes))]
    public void A_norm_without_running_statistics_trains_and_is_not_run(string runtime)
    {
        foreach (bool affine in new[] { true, false })
        {
            var op = new BatchNorm(6) { Affine = affine, RunningStatistics = false };
            Graph graph = new OpSample(op, [6, 5, 4]).ToSurroundedGraph();
            var each = new Case($"{op}", new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None), 3);

            Assert.Null(Check.Training(Runtimes.Get(runtime), each));
            string error = Assert.Throws<EspalierException>(() => Runtimes.Get(runtime).Prepare(each.Model)).Message;
            Assert.StartsWith("'op' is a batch norm without running statistics", error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Runtimes.Names), MemberType = typeof(Runtimes))]
    public void A_block_with_layer_norm_and_layer_scale_has_its_outputs_and_gradients(string runtime)
    {
        var net = new GraphBuilder();
        Value x = net.Input(3, 12, 11).Conv2d("stem", 40, 2, stride: 2, bias: true).LayerNorm("norm", 1e-6);
        Value branch = x.Conv2d("dw", 40, 7, padding: 3, groups: 40, bias: true).LayerNorm("norm1", 1e-6)
            .Conv2d("fc1", 72, 1, bias: true).Gelu("act").Conv2d("fc2", 40, 1, bias: true, standardizationEpsilon: 1e-6).Affine("scale", bias: false, weight: "layer_scale");
        Graph graph = net.Build(x.Add("add", branch).GlobalAveragePool("pool").Flatten("flat").LayerNorm("norm2").Linear("head", 5));
        var each = new Case("block", new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None), 3);

        Assert.Contains("layer_scale", graph.Parameters.Select(parameter => parameter.Key));
        Assert.Null(Check.Inference(Runtimes.Get(runtime), each));
        Assert.Null(Check.Training(Runtimes.Get(runtime), each, Check.ThroughNetworks));
    }
}
