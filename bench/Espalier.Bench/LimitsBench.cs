using System.Globalization;
using System.Text;
using Espalier.Bench.Peers;
using Espalier.Kernels;

namespace Espalier.Bench;

/// <summary>Sets the time of each stage of a network beside what the machine's limits allow at best, as a Markdown table.</summary>
/// <remarks>
/// Two limits stand above every kernel: its products at the peak of fused multiply-adds (those that it really computes: Winograd's are fewer, and include what its
/// tiles reach over the edge), and its packed weights at the bandwidth of memory. The rest is transforms, waiting for caches, and starts and ends of loops.
/// </remarks>
internal static class LimitsBench
{
    private const int BytesOfBandwidth = 256 << 20; // many times the largest cache

    internal static int Run(string[] arguments)
    {
        int repeats = int.Parse(arguments.ElementAtOrDefault(0) ?? "40", CultureInfo.InvariantCulture);
        string[] networks = arguments.Length > 1 ? arguments[1..] : ["resnet34", "resnet50"];
        InstructionSet set = InstructionSet.Best;
        double bandwidth = Bandwidth();
        Machine machine = Machine.Describe();
        var page = new StringBuilder();
        page.AppendLine(CultureInfo.InvariantCulture, $"# Which limit stands in the way: {machine.Processor}");
        page.AppendLine();
        page.AppendLine(CultureInfo.InvariantCulture, $"Written by `dotnet run -c Release --project bench/Espalier.Bench -- limits {repeats} {string.Join(' ', networks)}` on {DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC, load average {machine.LoadAverage:F1}.");
        page.AppendLine();
        page.AppendLine(CultureInfo.InvariantCulture, $"One thread, batch 1, 224 x 224, {set.Name}, best of {repeats} runs of each layer in the network's order. Reading memory: {bandwidth:F1} GB/s, best of a few sweeps over {BytesOfBandwidth >> 20} MB.");
        page.AppendLine("*At peak* is the time of the products that the kernels compute at the measured peak of fused multiply-adds, *at bandwidth* that of their packed weights");
        page.AppendLine("at the measured bandwidth; a layer can take no less than the greater of both, and *of the limit* is the sum of these over the measured time. *Hot* is the time with the layer's");
        page.AppendLine("own numbers in the caches: what lies between it and the limit are transforms, edges and loop ends; between it and the measured time, cold caches.");
        foreach (string network in networks)
        {
            Append(page, network, KernelBench.Measure(network, repeats, set, null), bandwidth);
        }

        Console.Write(page);
        return 0;
    }

    private static void Append(StringBuilder page, string network, KernelTimes times, double bandwidth)
    {
        page.AppendLine();
        page.AppendLine(CultureInfo.InvariantCulture, $"## {network}, peak {times.PeakGigaflops:F1} GFLOPS");
        page.AppendLine();
        page.AppendLine("| layers | number | ms | hot ms | at peak ms | weights MB | at bandwidth ms | bound by | of the limit |");
        page.AppendLine("| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- | ---: |");
        LayerLimit[] limits = [.. times.Layers.Select((layer, i) => new LayerLimit(
            Stage(layer), 1, times.Cold[i].Min() * 1e3, times.Hot[i] * 1e3, Products(times.Packed[i]) * 2e-6 / times.PeakGigaflops, times.Packed[i].PackedBytes * 1e-6, 0))];
        limits = [.. limits.Select(limit => limit with { Floor = Math.Max(limit.AtPeak, limit.Megabytes / bandwidth) })];
        foreach (IGrouping<string, LayerLimit> group in limits.Zip(times.Packed).GroupBy(pair => $"{pair.First.Name}, {pair.Second.KernelName}", pair => pair.First))
        {
            Append(page, group.Aggregate((a, b) => a + b) with { Name = group.Key }, bandwidth);
        }

        Append(page, limits.Aggregate((a, b) => a + b) with { Name = "all" }, bandwidth);
    }

    private static void Append(StringBuilder page, LayerLimit limit, double bandwidth)
    {
        double atBandwidth = limit.Megabytes / bandwidth;
        string bound = limit.AtPeak >= atBandwidth ? "arithmetic" : "memory";
        page.AppendLine(
            CultureInfo.InvariantCulture,
            $"| {limit.Name} | {limit.Layers} | {limit.Cold:F2} | {limit.Hot:F2} | {limit.AtPeak:F2} | {limit.Megabytes:F1} | {atBandwidth:F2} | {bound} | {limit.Floor / limit.Cold:P0} |");
    }

    private static string Stage(ConvolutionLayer layer) =>
        $"{layer.Name.Split('.')[0]}: {layer.Kernel}x{layer.Kernel}{(layer.Stride == 1 ? "" : $", stride {layer.Stride}")}, to {layer.OutputSize} x {layer.OutputSize}";

    /// <summary>Multiply-adds that a kernel really computes: each packed weight meets every pixel, or every tile.</summary>
    private static double Products(PackedConvolution packed)
    {
        ConvolutionProblem problem = packed.Problem;
        int side = packed.KernelName switch { "winograd4" => 4, "winograd2" => 2, _ => 1 };
        double filter = side == 1 ? problem.KernelHeight * problem.KernelWidth : (side + 2) * (side + 2);
        double places = Math.Ceiling(problem.Output.Height / (double)side) * Math.Ceiling(problem.Output.Width / (double)side);
        return filter * places * problem.GroupInputChannels * problem.Output.Channels;
    }

    private static double Bandwidth()
    {
        var memory = new byte[BytesOfBandwidth];
        Array.Fill(memory, (byte)1);
        double best = 0;
        for (int sweep = 0; sweep < 8; sweep++)
        {
            long start = System.Diagnostics.Stopwatch.GetTimestamp();
            int found = memory.AsSpan().IndexOf((byte)2); // vectorised by the runtime: nothing but reading
            double seconds = System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds;
            best = found < 0 ? Math.Max(best, BytesOfBandwidth / seconds * 1e-9) : best;
        }

        return best;
    }

    /// <summary>Layers and what they take, in milliseconds and MB.</summary>
    private readonly record struct LayerLimit(string Name, int Layers, double Cold, double Hot, double AtPeak, double Megabytes, double Floor)
    {
        public static LayerLimit operator +(LayerLimit a, LayerLimit b) =>
            new(a.Name, a.Layers + b.Layers, a.Cold + b.Cold, a.Hot + b.Hot, a.AtPeak + b.AtPeak, a.Megabytes + b.Megabytes, a.Floor + b.Floor);
    }
}
