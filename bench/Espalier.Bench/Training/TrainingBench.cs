using System.Globalization;
using Espalier.Bench.Measuring;
using Espalier.Bench.Peers;
using Espalier.Bench.Workers;
using Espalier.Graphs;
using Espalier.Models;
using Espalier.Surgery;
using Espalier.Tensors;

namespace Espalier.Bench.Training;

/// <summary>Times every network that was asked for, and writes the report after each, so that a run that is stopped leaves what it has.</summary>
internal sealed class TrainingBench(TrainingBenchOptions options)
{
    private const int StepsPerTurn = 2; // a step of these networks takes tenths of a second
    private const int DepthStepsPerTurn = 4; // as many draws as fit between two changes

    private readonly List<TrainingResult> _results = [];
    private readonly List<string> _failures = [];
    private readonly Setup _setup = new();
    private readonly Machine _machine = Machine.Describe();
    private readonly DateTimeOffset _started = DateTimeOffset.UtcNow;
    private DepthResult? _depth;

    private Effort Effort => new(options.Steps, 0, options.WarmUp, options.Longest);

    /// <summary>0, or 1 if anything could not be measured.</summary>
    internal int Run(string commandLine)
    {
        string path = Path.GetFullPath(options.Output ?? Path.Combine(_setup.ResultsFolder, $"training-{_machine.Slug}.md"));
        foreach (TrainingRow row in TrainingRow.Peers.Where(row => options.Networks.Contains(row.Network)))
        {
            Try(row, Compare);
            Write(path, commandLine);
        }

        if (options.Networks.Contains(TrainingRow.Depth.Network))
        {
            Try(TrainingRow.Depth, MeasureDepth);
            Write(path, commandLine);
        }

        Console.WriteLine($"report: {path}");
        return _failures.Count == 0 ? 0 : 1;
    }

    private void Compare(TrainingRow row)
    {
        ExportedModel model = _setup.Export(row.Network, 0, 0, [1]);
        TrainingResult result = new TrainingContest(row, model, options.Threads, Effort).Run(
            [Contestant.EspalierTraining(), Contestant.PyTorchTraining(_setup, channelsLast: false), Contestant.PyTorchTraining(_setup, channelsLast: true)], StepsPerTurn);
        _results.Add(result);
        IEnumerable<string> parts = result.Contestants.Select(contestant => string.Create(
            CultureInfo.InvariantCulture, $"{contestant.Name} {result.ImagesPerSecond(contestant):F0} images/s ({contestant.RatioTo(result.Espalier):F2}x)"));
        Console.WriteLine($"{row.Network}, batch {row.Batch}: {string.Join(", ", parts)}");
    }

    private void MeasureDepth(TrainingRow row)
    {
        ExportedModel model = _setup.Export(row.Network, 0, 0, [1]);
        Model wrapped = TrainingWorker.WithDepth(model.NetworkDefinition().Initialize(0), TrainingRow.Survival);
        var forecast = StochasticDepthForecast.Of(wrapped.Graph);
        TrainingResult result = new TrainingContest(row, model, options.Threads, Effort) { HasOneAnswer = false }.Run(
            [Contestant.EspalierTraining(), Contestant.EspalierTraining(TrainingRow.Survival)], DepthStepsPerTurn);
        _depth = new DepthResult(row, forecast, result.Contestants[0], result.Contestants[1]);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{row.Network}, batch {row.Batch}: stochastic depth saves {_depth.SavedShare:P1} of the time, forecast {forecast.SavedShare:P1}"));
    }

    private void Try(TrainingRow row, Action<TrainingRow> measure)
    {
        try
        {
            measure(row);
        }
        catch (EspalierException error)
        {
            Console.Error.WriteLine($"{row.Network}: {error.Message}");
            _failures.Add($"{row.Network}: {error.Message}");
        }
    }

    private void Write(string path, string commandLine)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var report = new TrainingReport(_machine, _started, commandLine, options, _results, _depth, _failures);
        File.WriteAllText(path, report.Markdown());
        File.WriteAllText(Path.ChangeExtension(path, ".csv"), report.Csv());
    }
}
