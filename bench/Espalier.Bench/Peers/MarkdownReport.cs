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
        Line(text, $"# {report.Title}: {report.Machine.Processor}\n");
        Line(text, $"Written by `dotnet run -c Release --project bench/Espalier.Bench -- {report.CommandLine}` on {report.Started:yyyy-MM-dd HH:mm} UTC.");
        if (report.Machine.IsBusy)
        {
            Line(text, $"\n**Other programs were running ({report.Machine.Others} of the processors' time): these numbers are not to be relied on.**");
        }

        WriteMachine(text, report);
        Line(text, $"\n{report.Method}");
        if (report.Rows.Count > 0)
        {
            WriteTimes(text, report.Rows);
            WriteStarts(text, [.. report.Rows.Where(row => row.Espalier.Starts.Length > 0)]);
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

        foreach (ContestantResult contestant in report.Rows.SelectMany(row => row.Contestants).DistinctBy(contestant => contestant.Name))
        {
            Line(text, $"| {contestant.Name} | {contestant.Version} |");
        }
    }

    private static void WriteTimes(StringBuilder text, IReadOnlyList<ContestResult> rows)
    {
        string[] names = Names(rows);
        IEnumerable<string> peers = names.Skip(1);
        Line(text, $"\n## Time for an image\n");
        Line(text, $"Milliseconds for an image: the median of all runs. The ratio is the peer's median over Espalier's, so above 1 Espalier is the faster one;");
        Line(text, $"in brackets the quartiles of the same ratio taken turn by turn, and behind them the ratio of the fastest runs, which tells more where the machine is not a steady one. GFLOPS are effective: those of the dense network's multiply-accumulates");
        Line(text, $"over Espalier's time, whatever it really computes (Winograd and zeros need fewer), beside the peak of fused multiply-adds measured between the turns; of 8-bit networks, billions of operations on bytes (GOPS) beside the peak of products of bytes.\n");
        string section = "";
        for (int i = 0; i < rows.Count; i++)
        {
            ContestResult row = rows[i];
            if (i == 0 || row.Contest.Section != section)
            {
                section = row.Contest.Section;
                Line(text, $"{(section.Length == 0 ? "" : $"\n### {section}\n\n")}{TimesHeader(names, row.Contest.Model.Quantum is not null)}");
            }

            double gigaflops = row.EffectiveGigaflops(row.Espalier);
            Row(text, [
                .. Labels(row),
                .. names.Select(name => Of(row, name, contestant => Number($"{contestant.Milliseconds.Median / row.Contest.Batch:F2}"))),
                .. peers.Select(name => Of(row, name, peer => Ratio(peer, row.Espalier))),
                Number($"{gigaflops:F1}"),
                Number($"{100 * gigaflops / row.FmaPeak:F0}%"),
            ]);
        }
    }

    private static void WriteStarts(StringBuilder text, IReadOnlyList<ContestResult> rows)
    {
        if (rows.Count == 0)
        {
            return;
        }

        string[] names = Names(rows);
        Line(text, $"\n## First prediction and memory\n");
        Line(text, $"Milliseconds from the start of a fresh process to its first prediction, in brackets how much of that goes by before it takes its first command;");
        Line(text, $"and the most resident memory (MB = 10⁶ bytes) of that process after {Contest.FreshRuns} predictions. Medians of the fresh processes.\n");
        Row(text, ["network", "input", "zeros", "threads", "batch", .. names.Select(name => $"{name} first ms"), .. names.Select(name => $"{name} MB")]);
        Row(text, Dashes(5 + (2 * names.Length)));
        foreach (ContestResult row in rows)
        {
            Row(text, [
                .. Labels(row),
                .. names.Select(name => Of(row, name, contestant => Number($"{contestant.FirstPredictionMilliseconds:F0} ({contestant.ReadyMilliseconds:F0})"))),
                .. names.Select(name => Of(row, name, contestant => Number($"{contestant.PeakBytes * 1e-6:F0}"))),
            ]);
        }
    }

    /// <summary>All contestants, Espalier first; not every one is in every row.</summary>
    private static string[] Names(IReadOnlyList<ContestResult> rows) =>
        [.. rows.SelectMany(row => row.Contestants).Select(contestant => contestant.Name).Distinct()];

    private static string Of(ContestResult row, string name, Func<ContestantResult, string> cell) =>
        row.Contestants.FirstOrDefault(contestant => contestant.Name == name) is { } found ? cell(found) : "–";

    private static string TimesHeader(string[] names, bool isQuantized)
    {
        string[] peers = names[1..];
        var header = new StringBuilder();
        Row(header, ["network", "input", "zeros", "threads", "batch", .. names.Select(name => $"{name} ms"), .. peers.Select(name => $"{name} / Espalier"), isQuantized ? "GOPS" : "GFLOPS", isQuantized ? "of peak" : "of FMA peak"]);
        Row(header, Dashes(7 + names.Length + peers.Length));
        return header.ToString().TrimEnd('\n');
    }

    private static string[] Labels(ContestResult row) =>
    [
        row.Contest.Model.Name, string.Join('x', row.Contest.Model.Sample.Extents), Number($"{100 * row.Contest.Model.Zeros:0.#}%"), Number($"{row.Contest.Threads}"), Number($"{row.Contest.Batch}"),
    ];

    private static string Ratio(ContestantResult peer, ContestantResult espalier)
    {
        Statistics turns = peer.RatiosTo(espalier);
        return Number($"**{peer.RatioTo(espalier):F2}** ({turns.Lower:F2}–{turns.Upper:F2}) {peer.FastestRatioTo(espalier):F2}");
    }

    private static IEnumerable<string> Dashes(int count) => ["---", .. Enumerable.Repeat("---:", count - 1)];

    private static void Row(StringBuilder text, IEnumerable<string> cells) => Line(text, $"| {string.Join(" | ", cells)} |");

    private static string Number(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static void Line(StringBuilder text, FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
