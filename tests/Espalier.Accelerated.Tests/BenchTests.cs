using Espalier.Bench.Accelerator;
using Espalier.Graphs;
using Espalier.Testing;

namespace Espalier.Accelerated.Tests;

/// <summary>The benchmark for a machine with a device, on a tiny network on the emulated one.</summary>
public sealed class BenchTests
{
    [Fact]
    public void A_tiny_network_is_checked_and_timed_in_inference_and_training()
    {
        var net = new GraphBuilder();
        Graph graph = net.Build(net.Input(2, 5, 5).Conv2d("conv", 3, 3, padding: 1).BatchNorm("bn").Relu("relu").GlobalAveragePool("pool").Flatten("flat").Linear("head", 4));
        var model = new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None);
        var measurement = new Measurement
        {
            Device = AcceleratorDevice.Emulated,
            Networks = [("tiny", model)],
            Batches = [1, 3],
            Trained = ("tiny", model),
            TrainingBatch = 4,
            Time = TimeSpan.Zero,
            PeakScale = 1,
        };

        Report report = measurement.Run(TextWriter.Null);

        Assert.Equal([("tiny, inference", 1), ("tiny, inference", 3), ("tiny, training step", 4)], report.Rows.Select(row => (row.Name, row.Batch)));
        Assert.All(report.Rows, row => Assert.InRange(row.Difference, 0, 1e-5));
        Assert.True(report.IsRight);
        Assert.Equal(2 * 3 * ((25 * 9 * 2 * 3) + (3 * 4)), report.Rows[1].Flops);
        string text = report.Markdown();
        Assert.Contains("# Accelerator: emulated", text, StringComparison.Ordinal);
        Assert.Contains("| tiny, training step | 4 |", text, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong", text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_that_is_not_the_processors_is_named()
    {
        var report = new Report(AcceleratorDevice.Emulated, new DevicePeaks(1e12, 1e9));
        report.Rows.Add(new ReportRow("net", 1, Bench.Measuring.Statistics.Of([0.5]), 1e11, 0.5));
        Assert.False(report.IsRight);
        Assert.Contains("| net | 1 | 500.00 | 500.00–500.00 | 2.0 | 0.20 | 20 % | 5.0e-1 **wrong** |", report.Markdown(), StringComparison.Ordinal);
    }
}
