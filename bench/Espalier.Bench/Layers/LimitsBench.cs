using System.Globalization;
using System.Text;
using Espalier.Bench.Measuring;
using Espalier.Bench.Peers;
using Espalier.Kernels;

namespace Espalier.Bench.Layers;

/// <summary>Sets the time of each kind of step of a network beside what the machine's limits allow at best, as a Markdown table.</summary>
/// <remarks>
/// Two limits stand above every kernel: its products at the peak of fused multiply-adds (Winograd's are fewer), and its packed weights at the bandwidth of memory.
/// The rest is transforms, waiting for caches, starts and ends of loops, and steps without weights.
/// </remarks>
internal static class LimitsBench
{
    private const int PeakRepeats = 20; // of some hundredths of a millisecond

    internal static int Run(string[] arguments)
    {
        int repeats = int.Parse(arguments.ElementAtOrDefault(0) ?? "40", CultureInfo.InvariantCulture);
        int threads = int.Parse(arguments.ElementAtOrDefault(1) ?? "1", CultureInfo.InvariantCulture);
        string[] networks = arguments.Length > 2 ? arguments[2..] : ["resnet34", "resnet50"];
        InstructionSet set = InstructionSet.Best;
        double bandwidth = MachinePeaks.Bandwidth(threads);
        Machine machine = Machine.Describe();
        Console.Write(string.Create(CultureInfo.InvariantCulture, $"""
            # Which limit stands in the way: {machine.Processor}

            Written by `dotnet run -c Release --project bench/Espalier.Bench -- limits {repeats} {threads} {string.Join(' ', networks)}` on {DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC, {machine.Others} of the processors' time used by others.

            {(threads == 1 ? "One thread" : $"{threads} threads")}, batch 1, each network's own input, {set.Name}, best of {repeats} runs of each step in the network's order. Products of bytes: {ByteProducts(threads)} Reading memory: {bandwidth:F1} GB/s, best of a few sweeps over {MachinePeaks.BytesOfBandwidth >> 20} MB{(threads == 1 ? "" : " by each thread")}.
            *At peak* is the time of the layer's multiply-adds at the measured peak of fused multiply-adds (for Winograd those that it needs), *at bandwidth* that of the packed weights
            at the measured bandwidth; a layer takes no less than the greater of both, unless the last cache has kept some of its weights, and *of the limit* is the sum of these over the measured time. Steps without weights, which only move
            data, have no limit here, but count in *all*. *Hot* is the time with the step's own data in the caches: the difference between it and the limit is spent on transforms, edges and
            loop ends; between it and the measured time, cold caches.

            """));
        foreach (string network in networks)
        {
            Console.Write(Section(network, LayerTimes.Measure(network, repeats, set, null, threads), bandwidth));
        }

        return 0;
    }

    /// <summary>The peak for 8-bit networks, as a sentence.</summary>
    private static string ByteProducts(int threads)
    {
        double peak = MachinePeaks.ByteProducts(threads, IntegerTier.Best, PeakRepeats);
        return double.IsNaN(peak) ? "no vectors for them." : string.Create(CultureInfo.InvariantCulture, $"at most {peak:F1} G multiply-adds a second ({IntegerTier.Best}).");
    }

    private static string Section(string network, LayerTimes times, double bandwidth)
    {
        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"""

            ## {network}, peak {times.PeakGigaflops:F1} {(network.EndsWith(LayerTimes.InInt8, StringComparison.Ordinal) ? "G operations on bytes a second" : "GFLOPS")}

            | layers | number | ms | hot ms | at peak ms | weights MB | at bandwidth ms | bound by | of the limit |
            | --- | ---: | ---: | ---: | ---: | ---: | ---: | --- | ---: |

            """));
        LayerLimit[] limits = [.. times.Steps.Select((step, i) => LayerLimit.Of(step, times.Cold[i].Min(), times.Hot[i], times.PeakGigaflops, bandwidth))];
        foreach (IGrouping<string, LayerLimit> kind in limits.GroupBy(limit => limit.Name).OrderBy(kind => kind.First().Floor == 0)) // layers first
        {
            Append(text, kind.Aggregate((a, b) => a + b));
        }

        Append(text, limits.Aggregate((a, b) => a + b) with { Name = "all" });
        return text.ToString();
    }

    private static void Append(StringBuilder text, LayerLimit limit) => text.Append(
        CultureInfo.InvariantCulture,
        $"| {limit.Name} | {limit.Steps} | {limit.Cold:F2} | {limit.Hot:F2} | {limit.AtPeak:F2} | {limit.Megabytes:F1} | {limit.AtBandwidth:F2} | {limit.Bound} | {limit.Share} |\n");
}
