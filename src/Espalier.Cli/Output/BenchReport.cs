using Espalier.Inference;

namespace Espalier.Cli;

/// <summary>The report of <c>bench</c>.</summary>
/// <param name="name">The model's name, or empty.</param>
/// <param name="graph">The graph for the input size.</param>
/// <param name="batch">Images in one run.</param>
/// <param name="threads">The number of threads.</param>
/// <param name="repeat">The number of measured runs.</param>
/// <param name="latencies">The latencies of the runs.</param>
internal sealed class BenchReport(string name, Graph graph, int batch, int threads, int repeat, Latencies latencies)
{
    /// <summary>The peak memory of the process in bytes.</summary>
    internal required long PeakBytes { get; init; }

    /// <summary>The timings of the plan's steps, or empty without --layers.</summary>
    internal required IReadOnlyList<LayerTiming> Layers { get; init; }

    private double ImagesPerSecond => batch * 1000 / latencies.Mean;

    private double Gigaflops => 2 * MultiplyAccumulatesOfBatch / (latencies.Percentile(0.5) * 1e6);

    private double MultiplyAccumulatesOfBatch => (double)batch * graph.Nodes.Sum(node => MultiplyAccumulates.Of(graph, node));

    private string Input => graph.ShapeOf(graph.Input.Name).ToString();

    internal Report Report()
    {
        ReportTable? layers = Layers.Count > 0 ? LayerTable() : null;
        return new Report(new ReportObject
        {
            { "model", name },
            { "input", Input },
            { "batch", batch },
            { "threads", threads },
            { "repeat", repeat },
            { "p50_ms", latencies.Percentile(0.5) },
            { "p90_ms", latencies.Percentile(0.9) },
            { "p99_ms", latencies.Percentile(0.99) },
            { "mean_ms", latencies.Mean },
            { "images_per_second", ImagesPerSecond },
            { "gflops", Gigaflops },
            { "peak_bytes", PeakBytes },
            { "layers", layers },
        })
        {
            Text =
            [
                layers,
                $"{(name.Length == 0 ? "network" : name)} at {Input}, batch {batch}, {threads} thread{(threads == 1 ? "" : "s")}, {repeat} runs",
                $"latency     p50 {Milliseconds(0.5)}  p90 {Milliseconds(0.9)}  p99 {Milliseconds(0.99)}",
                $"throughput  {Amount.Fixed(ImagesPerSecond, 1)} images/s, {Amount.Fixed(Gigaflops, 1)} GFLOPS",
                $"peak memory {Amount.Bytes(PeakBytes)}",
            ],
        };
    }

    private string Milliseconds(double part) => $"{Amount.Fixed(latencies.Percentile(part), 2)} ms";

    private ReportTable LayerTable()
    {
        double total = Layers.Sum(layer => layer.Milliseconds);
        return ReportTable.Of(Layers)
            .Text("step", "name", layer => layer.Name)
            .Text("kernel", "kernel", layer => layer.Kernel)
            .Number("output", "output", layer => layer.Output.ToString(), layer => layer.Output.ToString())
            .Count("MACs", "macs", layer => layer.MultiplyAccumulates, macs => macs == 0 ? "" : Amount.Short(macs))
            .Measure("ms", "ms", layer => layer.Milliseconds, time => Amount.Fixed(time, 3))
            .Number("share", layer => total == 0 ? "" : Amount.Percent(layer.Milliseconds / total))
            .Number("GFLOPS", "gflops", layer => layer.Gigaflops, layer => layer.MultiplyAccumulates == 0 ? "" : Amount.Fixed(layer.Gigaflops, 1));
    }
}
