using System.Globalization;
using System.Text;
using Espalier.Bench.Measuring;

namespace Espalier.Bench.Peers;

/// <summary>The report for people.</summary>
internal static class MarkdownReport
{
    internal static string Write(PeersReport report)
    {
        var text = new StringBuilder();
        Line(text, $"# Espalier beside its peers: {report.Machine.Processor}\n");
        Line(text, $"Written by `dotnet run -c Release --project bench/Espalier.Bench -- {report.CommandLine}` on {report.Started:yyyy-MM-dd HH:mm} UTC.");
        if (report.Machine.IsBusy)
        {
            Line(text, $"\n**Other programs were running (load average {report.Machine.LoadAverage:F1}): these numbers are not to be relied on.**");
        }

        WriteMachine(text, report);
        Line(text, $"\n{report.Method}");
        if (report.Rows.Count > 0)
        {
            WriteTimes(text, report.Rows);
            WriteStarts(text, report.Rows);
        }

        if (report.Failures.Count > 0)
        {
            Line(text, $"\n## Not measured\n");
            report.Failures.ToList().ForEach(failure => Line(text, $"- {failure}"));
        }

        return text.ToString();
    }

    private static void WriteMachine(StringBuilder text, PeersReport report)
    {
        Line(text, $"\n| machine | {report.Machine.Processor} |\n|---|---|");
        foreach ((string name, string value) in report.Machine.Facts)
        {
            Line(text, $"| {name} | {value} |");
        }

        foreach (ContestantResult contestant in report.Rows.Take(1).SelectMany(row => row.Contestants))
        {
            Line(text, $"| {contestant.Name} | {contestant.Version} |");
        }
    }

    private static void WriteTimes(StringBuilder text, IReadOnlyList<ContestResult> rows)
    {
        IEnumerable<string> names = rows[0].Contestants.Select(contestant => contestant.Name);
        IEnumerable<string> peers = names.Skip(1);
        Line(text, $"\n## Time for an image\n");
        Line(text, $"Milliseconds for an image: the median of all runs. The ratio is the peer's median over Espalier's, so above 1 Espalier is the faster one;");
        Line(text, $"in brackets the quartiles of the same ratio taken turn by turn. GFLOPS are effective: those of the dense network's multiply-accumulates");
        Line(text, $"over Espalier's time, whatever it really computes (Winograd and zeros need fewer), beside the peak of fused multiply-adds measured between the turns.\n");
        Row(text, ["network", "input", "zeros", "threads", "batch", .. names.Select(name => $"{name} ms"), .. peers.Select(name => $"{name} / Espalier"), "GFLOPS", "of FMA peak"]);
        Row(text, Dashes(7 + names.Count() + peers.Count()));
        foreach (ContestResult row in rows)
        {
            double gigaflops = row.EffectiveGigaflops(row.Espalier);
            Row(text, [
                .. Labels(row),
                .. row.Contestants.Select(contestant => Number($"{contestant.Milliseconds.Median / row.Contest.Batch:F2}")),
                .. row.Contestants.Skip(1).Select(peer => Ratio(peer, row.Espalier)),
                Number($"{gigaflops:F1}"),
                Number($"{100 * gigaflops / row.FmaPeak:F0}%"),
            ]);
        }
    }

    private static void WriteStarts(StringBuilder text, IReadOnlyList<ContestResult> rows)
    {
        IEnumerable<string> names = rows[0].Contestants.Select(contestant => contestant.Name);
        Line(text, $"\n## First prediction and memory\n");
        Line(text, $"Milliseconds from the start of a fresh process to its first prediction, in brackets how much of that goes by before it takes its first command;");
        Line(text, $"and the most resident memory (MB = 10⁶ bytes) of that process after {Contest.FreshRuns} predictions. Medians of the fresh processes.\n");
        Row(text, ["network", "input", "zeros", "threads", "batch", .. names.Select(name => $"{name} first ms"), .. names.Select(name => $"{name} MB")]);
        Row(text, Dashes(5 + (2 * names.Count())));
        foreach (ContestResult row in rows)
        {
            Row(text, [
                .. Labels(row),
                .. row.Contestants.Select(contestant => Number($"{contestant.FirstPredictionMilliseconds:F0} ({contestant.ReadyMilliseconds:F0})")),
                .. row.Contestants.Select(contestant => Number($"{contestant.PeakBytes * 1e-6:F0}")),
            ]);
        }
    }

    private static string[] Labels(ContestResult row) =>
    [
        row.Contest.Model.Name, string.Join('x', row.Contest.Model.Sample.Extents), Number($"{100 * row.Contest.Model.Zeros:0.#}%"), Number($"{row.Contest.Threads}"), Number($"{row.Contest.Batch}"),
    ];

    private static string Ratio(ContestantResult peer, ContestantResult espalier)
    {
        Statistics turns = peer.RatiosTo(espalier);
        return Number($"**{peer.RatioTo(espalier):F2}** ({turns.Lower:F2}–{turns.Upper:F2})");
    }

    private static IEnumerable<string> Dashes(int count) => ["---", .. Enumerable.Repeat("---:", count - 1)];

    private static void Row(StringBuilder text, IEnumerable<string> cells) => Line(text, $"| {string.Join(" | ", cells)} |");

    private static string Number(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static void Line(StringBuilder text, FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
