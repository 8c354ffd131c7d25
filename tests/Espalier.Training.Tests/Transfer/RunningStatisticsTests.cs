using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Inference;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Training.Tests.Transfer;

public class RunningStatisticsTests
{
    [Fact]
    public void Norms_without_statistics_get_those_of_the_data()
    {
        Model model = Build(runningStatistics: false);
        Tensor[] batches = [CounterFill.Stream("first", [4, 3, 6, 5], -1, 2), CounterFill.Stream("second", [3, 3, 6, 5], 0, 3)];

        Model computed = RunningStatistics.Compute(model, batches, CpuRuntime.Instance);

        // Each batch as training normalizes it: the statistics of one batch with momentum 1, averaged.
        double[] expected = new double[4];
        foreach (Tensor batch in batches)
        {
            Model tracked = Build(runningStatistics: true, momentum: 1);
            var step = new ReferenceTraining<double>(
                tracked.Graph, ReferenceExecutor.ValuesOf<double>(tracked.Parameters), new Dictionary<string, double[]> { ["input"] = batch.To(ElementType.Float64).Read<double>().ToArray() },
                batch.Shape[0], new TrainingDraws(1, 1));
            expected = [.. expected.Zip(step.Buffers["bn2.running_var"], (sum, variance) => sum + (variance / 2))];
        }

        Assert.All(expected.Zip(computed.Parameters["bn2.running_var"].Value.Read<float>().ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        Assert.Equal(0.1, ((BatchNorm)computed.Graph["bn2"].Op).Momentum);
        Assert.Equal("running statistics", computed.Metadata.Lineage[^1].Action);
        Assert.Equal([4, 4], CpuRuntime.Instance.Run(computed, batches[0]).Shape.Extents);
    }

    [Fact]
    public void A_network_with_statistics_stays_and_no_data_is_refused()
    {
        Model model = Build(runningStatistics: true);
        Assert.Same(model, RunningStatistics.Compute(model, [], CpuRuntime.Instance));
        Assert.Contains("at least one batch", Assert.Throws<EspalierException>(() => RunningStatistics.Compute(Build(false), [], CpuRuntime.Instance)).Message, StringComparison.Ordinal);
    }

    private static Model Build(bool runningStatistics, double momentum = 0.1)
    {
        var net = new GraphBuilder();
        Value x = net.Input(3, 6, 5).Conv2d("conv", 6, 3).BatchNorm("bn1", momentum: momentum, affine: false, runningStatistics: runningStatistics).Relu("relu")
            .Conv2d("conv2", 4, 1).BatchNorm("bn2", momentum: momentum, runningStatistics: runningStatistics).GlobalAveragePool("pool").Dropout("drop").Flatten("flat");
        Graph graph = net.Build(x);
        return new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None);
    }
}
