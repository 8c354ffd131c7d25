using System.Globalization;
using System.Text;
using Espalier.Accelerated;
using Espalier.Bench.Peers;
using Statistics = Espalier.Bench.Measuring.Statistics;

namespace Espalier.Bench.Accelerator;

/// <summary>What was measured of one network at one batch.</summary>
/// <param name="Name">The network, and whether it is run or trained.</param>
/// <param name="Batch">Images at once.</param>
/// <param name="Seconds">The times, with the copies of images to the device and of answers or gradients from it.</param>
/// <param name="Flops">Floating-point operations of a run.</param>
/// <param name="Difference">The greatest difference to the CPU's answers (or loss), relative to the greatest of them.</param>
internal sealed record ReportRow(string Name, int Batch, Statistics Seconds, double Flops, double Difference);

/// <summary>All rows, as Markdown.</summary>
internal sealed class Report(AcceleratorDevice device, DevicePeaks peaks)
{
    private const double Tolerance = 1e-3; // of float32 through 152 layers, in another order

    internal List<ReportRow> Rows { get; } = [];

    /// <summary>Whether all answers are the CPU's within rounding.</summary>
    internal bool IsRight => Rows.All(row => row.Difference <= Tolerance);

    internal string Markdown()
    {
        var machine = Machine.Describe();
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"# Accelerator: {device.Name}").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"By `Espalier.Bench.Accelerator` on {DateTime.UtcNow:yyyy-MM-dd}. {device.Kind}, {device.MemoryBytes >> 20} MiB; measured peaks: {peaks.Flops / 1e12:F2} TFLOPS of float32 multiply-adds, {peaks.Bandwidth / 1e9:F0} GB/s of copies within its memory. Processor: {machine.Processor}; {string.Join("; ", machine.Facts.Select(fact => $"{fact.Name} {fact.Value}"))}.").AppendLine();
        text.AppendLine("Times are medians with quartiles, and contain the copies of images to the device and of answers, or gradients, from it. TFLOPS count two operations for each multiply-accumulate of the network, three times as many for a training step. Weights are random. The difference is the greatest to the CPU's answers (of a training step: loss), relative to the greatest of them.").AppendLine();
        text.AppendLine("| network | batch | ms | quartiles | images/s | TFLOPS | of peak | difference |").AppendLine("|---|---|---|---|---|---|---|---|");
        foreach (ReportRow row in Rows)
        {
            double flops = row.Flops / row.Seconds.Median;
            text.AppendLine(CultureInfo.InvariantCulture, $"| {row.Name} | {row.Batch} | {1000 * row.Seconds.Median:F2} | {1000 * row.Seconds.Lower:F2}–{1000 * row.Seconds.Upper:F2} | {row.Batch / row.Seconds.Median:F1} | {flops / 1e12:F2} | {flops / peaks.Flops:P0} | {row.Difference:0.0e+0}{(row.Difference <= Tolerance ? "" : " **wrong**")} |");
        }

        return text.ToString();
    }
}
