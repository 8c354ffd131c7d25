using System.Globalization;
using System.Text;
using Espalier.Bench.Measuring;
using Espalier.Bench.Peers;

namespace Espalier.Bench.Training;

/// <summary>All that one run has to say, for people and for programs.</summary>
internal sealed class TrainingReport(
    Machine machine, DateTimeOffset started, string commandLine, TrainingBenchOptions options, IReadOnlyList<TrainingResult> results, DepthResult? depth, IReadOnlyList<string> failures)
{
    private const string Header = "network,input,batch,threads,contestant,images_per_second,ms_min,ms_p25,ms_median,ms_p75,ms_max,ms_mean,ratio,ratio_p25,ratio_median,ratio_p75,first_loss\n";

    internal string Markdown()
    {
        var text = new StringBuilder();
        Line(text, $"# Training steps beside PyTorch: {machine.Processor}\n");
        Line(text, $"Written by `dotnet run -c Release --project bench/Espalier.Bench -- {commandLine}` on {started:yyyy-MM-dd HH:mm} UTC.");
        if (machine.IsBusy)
        {
            Line(text, $"\n**Other programs were running ({machine.Others} of the processors' time): these numbers are not to be relied on.**");
        }

        WriteMachine(text);
        Line(text, $"\nA step is forward in training mode, cross-entropy, backward, and SGD with momentum 0.9 and weight decay 1e-4, on images that are in memory already. Contestants are processes of their own on the");
        Line(text, $"same {options.Threads} processors, with as many threads; weights and images are the same, and the losses of the first step agreed within {TrainingContest.Tolerance} of the loss before anything was timed.");
        Line(text, $"After {options.WarmUp.TotalSeconds} s of warming up they take turns of a few steps each, after one that does not count.");
        if (results.Count > 0)
        {
            WriteResults(text);
        }

        if (depth is not null)
        {
            WriteDepth(text, depth);
        }

        if (failures.Count > 0)
        {
            Line(text, $"\n## Not measured\n");
            failures.ToList().ForEach(failure => Line(text, $"- {failure}"));
        }

        return text.ToString();
    }

    internal string Csv()
    {
        var text = new StringBuilder(Header);
        foreach (TrainingResult result in results)
        {
            for (int i = 0; i < result.Contestants.Length; i++)
            {
                text.AppendJoin(',', Cells(result.Row, result.Input, result.Contestants[i], result.Espalier, result.Losses[i])).Append('\n');
            }
        }

        if (depth is not null)
        {
            text.AppendJoin(',', Cells(depth.Row, "", depth.Without, depth.Without, double.NaN)).Append('\n');
            text.AppendJoin(',', Cells(depth.Row, "", depth.With, depth.Without, double.NaN)).Append('\n');
        }

        return text.ToString();
    }

    private void WriteMachine(StringBuilder text)
    {
        Line(text, $"\n| machine | {machine.Processor} |\n|---|---|");
        foreach ((string name, string value) in machine.Facts)
        {
            Line(text, $"| {name} | {value} |");
        }

        foreach (ContestantResult contestant in results.SelectMany(row => row.Contestants).DistinctBy(contestant => contestant.Name))
        {
            Line(text, $"| {contestant.Name} | {contestant.Version} |");
        }
    }

    private void WriteResults(StringBuilder text)
    {
        ContestantResult[] first = [.. results[0].Contestants];
        Line(text, $"\n## Images a second\n");
        Line(text, $"From the median of all steps. The ratio is the median step of PyTorch, in whichever of its memory formats is faster there, over Espalier's, so above 1 Espalier is the faster one; in brackets the quartiles of that ratio turn by turn.\n");
        Line(text, $"| network | input | batch | steps | {string.Join(" | ", first.Select(contestant => contestant.Name))} | ratio | first loss |");
        Line(text, $"|---|---:|---:|---:|{string.Concat(first.Select(_ => "---:|"))}---:|---:|");
        foreach (TrainingResult result in results)
        {
            Statistics turns = result.FastestPeer.RatiosTo(result.Espalier);
            string rates = string.Join(" | ", result.Contestants.Select(contestant => Number($"{result.ImagesPerSecond(contestant):F1}")));
            Line(text, $"| {result.Row.Network} | {result.Input} | {result.Row.Batch} | {Steps(result.Espalier)} | {rates} | **{result.FastestPeer.RatioTo(result.Espalier):F2}** ({turns.Lower:F2}–{turns.Upper:F2}) | {result.Losses[0]:F4} |");
        }
    }

    private static void WriteDepth(StringBuilder text, DepthResult depth)
    {
        Statistics turns = depth.SavedShares;
        Line(text, $"\n## What stochastic depth saves\n");
        Line(text, $"{depth.Row.Network}, batch {depth.Row.Batch}, with a draw for each batch and linear decay to p_L = {TrainingRow.Survival}: {depth.Forecast.ExpectedBlocks:F1} of {depth.Forecast.Blocks} blocks survive on average.");
        Line(text, $"Means of {Steps(depth.With)} steps, because an epoch is the sum of its steps; in brackets the quartiles turn by turn, which draw different blocks. The forecast counts multiply-accumulates.\n");
        Line(text, $"| | ms a step | share saved | forecast |\n|---|---:|---:|---:|");
        Line(text, $"| without | {DepthResult.Mean(depth.Without):F1} | | |");
        Line(text, $"| with | {DepthResult.Mean(depth.With):F1} | **{100 * depth.SavedShare:F1}%** ({100 * turns.Lower:F1}–{100 * turns.Upper:F1}) | {100 * depth.Forecast.SavedShare:F1}% |");
    }

    private IEnumerable<string> Cells(TrainingRow row, string input, ContestantResult contestant, ContestantResult espalier, double loss)
    {
        Statistics times = contestant.Milliseconds, ratios = contestant.RatiosTo(espalier);
        double[] numbers =
        [
            1e3 * row.Batch / times.Median, times.Minimum, times.Lower, times.Median, times.Upper, times.Maximum, DepthResult.Mean(contestant),
            contestant.RatioTo(espalier), ratios.Lower, ratios.Median, ratios.Upper, loss,
        ];
        string name = contestant.Name.Replace(", ", " ", StringComparison.Ordinal);
        return [row.Network, input, $"{row.Batch}", $"{options.Threads}", name, .. numbers.Select(number => double.IsNaN(number) ? "" : number.ToString("G6", CultureInfo.InvariantCulture))];
    }

    private static int Steps(ContestantResult contestant) => contestant.Turns.Sum(turn => turn.Length);

    private static string Number(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static void Line(StringBuilder text, FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
