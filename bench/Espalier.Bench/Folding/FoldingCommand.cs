using System.Diagnostics;
using System.Globalization;
using System.Text;
using Espalier.Bench.Measuring;
using Espalier.Bench.Peers;
using Espalier.Graphs;
using Espalier.Models;
using Espalier.Surgery;

namespace Espalier.Bench.Folding;

/// <summary>What folding gains: networks of many branches as trained, folded, and beside the plain ones that they must become.</summary>
internal static class FoldingCommand
{
    private const string Deep = "resnet152";
    private const int DeepFolds = 5;
    private const int DefaultTurns = 30;
    private const ulong Seed = 1;

    internal static int Run(string[] arguments)
    {
        int turns = int.Parse(arguments.ElementAtOrDefault(0) ?? DefaultTurns.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        Machine machine = Machine.Describe();
        double[] folds = DeepFoldTimes();
        var page = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"""
            # What folding gains: {machine.Processor}

            Written by `dotnet run -c Release --project bench/Espalier.Bench -- folding {turns}` on {DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC, {machine.Others} of the processors' time used by others.

            One thread, batch 1, each network at its own input size, weights from a seed. *As trained* runs every branch and norm, *folded* what the inference plan makes of it, *plain* is the network
            built without branches (`_deploy` for RepVGG and MobileOne). All three take turns of five runs; medians of {turns} turns, and the quotient folded / plain turn by turn with its quartiles.
            *Difference* is that of the outputs, as trained and folded, over the greatest output.

            Folding {Deep} takes {Statistics.Of(folds).Median:F0} ms (first of the process {folds[0]:F0} ms), {new NetworkSummary(Zoo.Create(Deep).Graph).Nodes.Length} nodes.

            | network | layers as trained | as trained ms | folded ms | plain ms | folded / plain | gain | difference |
            |---|---:|---:|---:|---:|---:|---:|---:|

            """));
        Console.Write(page);
        foreach (FoldingPair pair in FoldingPair.All())
        {
            FoldingTimes times = FoldingTimes.Measure(pair, turns, Seed);
            string row = string.Create(
                CultureInfo.InvariantCulture,
                $"| {pair.Name} | {pair.Branched.Graph.Nodes.Length} → {pair.Plain.Graph.Nodes.Length} | {times.Unfolded:F2} | {times.Folded:F2} | {times.Plain:F2} | {times.FoldedOverPlain.Median:F3} ({times.FoldedOverPlain.Lower:F3}–{times.FoldedOverPlain.Upper:F3}) | {times.Unfolded / times.Folded:F2} | {times.Difference:0.0e+0} |");
            Console.WriteLine(row);
        }

        return 0;
    }

    private static double[] DeepFoldTimes()
    {
        Model model = Zoo.Create(Deep).Initialize(Seed);
        return [.. Enumerable.Range(0, DeepFolds).Select(_ =>
        {
            long start = Stopwatch.GetTimestamp();
            InferenceFolding.Fold(model);
            return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        })];
    }
}
