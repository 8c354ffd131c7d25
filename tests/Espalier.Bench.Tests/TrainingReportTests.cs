using System.Collections.Immutable;
using Espalier.Bench.Measuring;
using Espalier.Bench.Peers;
using Espalier.Bench.Training;
using Espalier.Surgery;

namespace Espalier.Bench.Tests;

public sealed class TrainingReportTests
{
    private static readonly ContestantResult Espalier = new("Espalier", "1", [[100, 100], [100, 100]], []);

    [Fact]
    public void The_ratio_is_that_of_the_faster_peer()
    {
        var result = new TrainingResult(new TrainingRow("net", 50), "3x32x32", [2.5, 2.5, 2.5], [Espalier, Peer("PyTorch", 300), Peer("PyTorch, channels last", 150)]);
        TrainingReport report = Report([result], null);
        Assert.Contains("| net | 3x32x32 | 50 | 4 | 500.0 | 166.7 | 333.3 | **1.50** (1.50–1.50) | 2.5000 |", report.Markdown(), StringComparison.Ordinal);
        string[] lines = report.Csv().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(4, lines.Length);
        Assert.All(lines, line => Assert.Equal(lines[0].Count(letter => letter == ','), line.Count(letter => letter == ',')));
    }

    [Fact]
    public void What_depth_saves_is_a_ratio_of_means_and_stands_beside_the_forecast()
    {
        var forecast = new StochasticDepthForecast(4, 3, 10, 8, 1000, 750);
        var depth = new DepthResult(new TrainingRow("net", 50), forecast, Espalier, new ContestantResult("with", "1", [[100, 60], [100, 60]], []));
        Assert.Equal(0.2, depth.SavedShare, 1e-12);
        Assert.Contains("| with | 80.0 | **20.0%** (20.0–20.0) | 25.0% |", Report([], depth).Markdown(), StringComparison.Ordinal);
    }

    private static ContestantResult Peer(string name, double milliseconds) => new(name, "1", [[milliseconds, milliseconds], [milliseconds, milliseconds]], []);

    private static TrainingReport Report(IReadOnlyList<TrainingResult> results, DepthResult? depth) =>
        new(new Machine("cpu", [], 0), DateTimeOffset.UnixEpoch, "training", new TrainingBenchOptions(), results, depth, ImmutableArray<string>.Empty);
}
