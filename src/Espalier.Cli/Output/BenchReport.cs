using System.Text.Json;
using Espalier.Graphs;
using Espalier.Inference;

namespace Espalier.Cli;

/// <summary>Prints what 'bench' measured.</summary>
/// <param name="name">The model's name, or empty.</param>
/// <param name="graph">The network at the input's size.</param>
/// <param name="batch">Images in one run.</param>
/// <param name="threads">Threads that shared a run.</param>
/// <param name="repeat">Runs measured.</param>
/// <param name="latencies">Of a whole run.</param>
internal sealed class BenchReport(string name, Graph graph, int batch, int threads, int repeat, Latencies latencies)
{
    /// <summary>The most memory at one time.</summary>
    internal required long PeakBytes { get; init; }

    /// <summary>The steps, or none.</summary>
    internal required IReadOnlyList<LayerTiming> Layers { get; init; }

    private double ImagesPerSecond => batch * 1000 / latencies.Mean;

    private double Gigaflops => 2 * MultiplyAccumulatesOfBatch / (latencies.Percentile(0.5) * 1e6);

    private double MultiplyAccumulatesOfBatch => (double)batch * graph.Nodes.Sum(node => MultiplyAccumulates.Of(graph, node));

    private string Input => graph.ShapeOf(graph.Input.Name).ToString();

    /// <summary>Prints tables.</summary>
    internal void Print(Terminal terminal)
    {
        if (Layers.Count > 0)
        {
            PrintLayers(terminal);
        }

        terminal.Out.WriteLine($"{(name.Length == 0 ? "network" : name)} at {Input}, batch {batch}, {threads} thread{(threads == 1 ? "" : "s")}, {repeat} runs");
        terminal.Out.WriteLine($"latency     p50 {Milliseconds(0.5)}  p90 {Milliseconds(0.9)}  p99 {Milliseconds(0.99)}");
        terminal.Out.WriteLine($"throughput  {Amount.Fixed(ImagesPerSecond, 1)} images/s, {Amount.Fixed(Gigaflops, 1)} GFLOPS");
        terminal.Out.WriteLine($"peak memory {Amount.Bytes(PeakBytes)}");
    }

    /// <summary>Everything as one JSON object.</summary>
    internal void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("model", name);
        json.WriteString("input", Input);
        json.WriteNumber("batch", batch);
        json.WriteNumber("threads", threads);
        json.WriteNumber("repeat", repeat);
        json.WriteFinite("p50_ms", latencies.Percentile(0.5));
        json.WriteFinite("p90_ms", latencies.Percentile(0.9));
        json.WriteFinite("p99_ms", latencies.Percentile(0.99));
        json.WriteFinite("mean_ms", latencies.Mean);
        json.WriteFinite("images_per_second", ImagesPerSecond);
        json.WriteFinite("gflops", Gigaflops);
        json.WriteNumber("peak_bytes", PeakBytes);
        if (Layers.Count > 0)
        {
            WriteLayers(json);
        }

        json.WriteEndObject();
    }

    private string Milliseconds(double part) => $"{Amount.Fixed(latencies.Percentile(part), 2)} ms";

    private void PrintLayers(Terminal terminal)
    {
        double total = Layers.Sum(layer => layer.Milliseconds);
        TablePrinter table = new TablePrinter().Text("step").Text("kernel").Number("output").Number("MACs").Number("ms").Number("share").Number("GFLOPS");
        foreach (LayerTiming layer in Layers)
        {
            table.Row(
                layer.Name,
                layer.Kernel,
                layer.Output.ToString(),
                layer.MultiplyAccumulates == 0 ? "" : Amount.Short(layer.MultiplyAccumulates),
                Amount.Fixed(layer.Milliseconds, 3),
                total == 0 ? "" : Amount.Percent(layer.Milliseconds / total),
                layer.MultiplyAccumulates == 0 ? "" : Amount.Fixed(layer.Gigaflops, 1));
        }

        table.Print(terminal);
    }

    private void WriteLayers(Utf8JsonWriter json)
    {
        json.WriteStartArray("layers");
        foreach (LayerTiming layer in Layers)
        {
            json.WriteStartObject();
            json.WriteString("name", layer.Name);
            json.WriteString("kernel", layer.Kernel);
            json.WriteString("output", layer.Output.ToString());
            json.WriteNumber("macs", layer.MultiplyAccumulates);
            json.WriteFinite("ms", layer.Milliseconds);
            json.WriteFinite("gflops", layer.Gigaflops);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
