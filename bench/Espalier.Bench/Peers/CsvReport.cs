using System.Globalization;
using System.Text;
using Espalier.Bench.Measuring;

namespace Espalier.Bench.Peers;

/// <summary>The report for programs: one line for each contestant of each contest. Times are those of an image; ratios are Espalier's gain over the contestant.</summary>
internal static class CsvReport
{
    private const string Header =
        "network,input,zeros,threads,batch,contestant,ms_min,ms_p25,ms_median,ms_p75,ms_max,ratio,ratio_min,ratio_p25,ratio_median,ratio_p75,ratio_max,"
        + "effective_gflops,fma_peak_gflops,ready_ms,first_prediction_ms,peak_bytes,greatest_difference,precision\n";

    internal static string Write(IEnumerable<ContestResult> rows)
    {
        var text = new StringBuilder(Header);
        foreach (ContestResult row in rows)
        {
            foreach (ContestantResult contestant in row.Contestants)
            {
                text.AppendJoin(',', Cells(row, contestant)).Append('\n');
            }
        }

        return text.ToString();
    }

    private static IEnumerable<string> Cells(ContestResult row, ContestantResult contestant)
    {
        Contest contest = row.Contest;
        double[] numbers =
        [
            .. Numbers(contestant.Milliseconds / contest.Batch),
            contestant.RatioTo(row.Espalier),
            .. Numbers(contestant.RatiosTo(row.Espalier)),
            row.EffectiveGigaflops(contestant),
            row.FmaPeak,
            .. contestant.Starts.IsEmpty ? [double.NaN, double.NaN, double.NaN] : new[] { contestant.ReadyMilliseconds, contestant.FirstPredictionMilliseconds, contestant.PeakBytes },
            row.Difference,
        ];
        string[] labels = [contest.Model.Name, string.Join('x', contest.Model.Sample.Extents), Text(contest.Model.Zeros), $"{contest.Threads}", $"{contest.Batch}", contestant.Name];
        return [.. labels, .. numbers.Select(Text), contest.Model.Quantum is null ? PeersOptions.Float32 : PeersOptions.Int8];
    }

    private static double[] Numbers(Statistics s) => [s.Minimum, s.Lower, s.Median, s.Upper, s.Maximum];

    private static string Text(double number) => number.ToString(Math.Abs(number) < 1e6 ? "G6" : "F0", CultureInfo.InvariantCulture);
}
