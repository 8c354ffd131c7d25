using System.Collections.Immutable;
using System.Globalization;
using Espalier.Bench.Measuring;
using Espalier.Bench.Workers;
using Espalier.Tensors;

namespace Espalier.Bench.Peers;

/// <summary>Runs every contest that was asked for, and writes the report after each, so that a run that is stopped leaves what it has.</summary>
/// <param name="options">How.</param>
/// <param name="rows">The contests.</param>
/// <param name="title">The report's.</param>
/// <param name="file">How the report's file begins, where it is not named.</param>
internal sealed class PeersBench(PeersOptions options, ImmutableArray<PeersRow> rows, string title, string file)
{
    private readonly List<ContestResult> _results = [];
    private readonly List<string> _failures = [];
    private readonly Setup _setup = new();
    private readonly Machine _machine = Machine.Describe();
    private readonly DateTimeOffset _started = DateTimeOffset.UtcNow;

    /// <summary>0, or 1 if anything could not be measured.</summary>
    internal int Run(string commandLine)
    {
        string path = Path.GetFullPath(options.Output ?? Path.Combine(_setup.ResultsFolder, $"{file}-{_machine.Slug}.md"));
        if (_machine.IsBusy)
        {
            Console.Error.WriteLine($"warning: other programs are running ({_machine.Others} of the processors' time); times will not be worth much");
        }

        _setup.Ensure(options.Peers);
        ImmutableArray<Contestant> contestants = [_setup.PublishEspalier(), .. options.Peers.Select(name => Contestant.Peer(name, _setup))];
        foreach (IGrouping<string, PeersRow> network in rows.GroupBy(row => row.Export))
        {
            PeersRow first = network.First();
            if (Try(first.Export, () => Export(first, [.. network.Select(row => row.Batch).Distinct()])) is ExportedModel model)
            {
                foreach (PeersRow row in network)
                {
                    Measure(row, model, contestants);
                    Write(path, commandLine);
                }
            }
        }

        Write(path, commandLine);
        Console.WriteLine($"report: {path}");
        return _failures.Count == 0 ? 0 : 1;
    }

    private ExportedModel Export(PeersRow row, ImmutableArray<int> batches) => row.IsQuantized
        ? Setup.Quantize(_setup.Export(row.Network, row.Size, 0, [1]), row.Zeros)
        : _setup.Export(row.Network, row.Size, row.Zeros, batches);

    private void Measure(PeersRow row, ExportedModel model, ImmutableArray<Contestant> contestants)
    {
        ImmutableArray<Contestant> present = row.IsFirst || options.EveryPeer ? contestants : [.. contestants.Take(2)];
        var effort = new Effort(options.Runs, row.IsFirst ? options.Starts : 0, options.WarmUp, options.Longest);
        if (Try(row.ToString(), () => new Contest(model, row.Batch, row.Threads) { Section = row.Section }.Run(present, effort)) is { } result)
        {
            _results.Add(result);
            IEnumerable<string> parts = result.Contestants.Select(contestant => string.Create(
                CultureInfo.InvariantCulture, $"{contestant.Name} {contestant.Milliseconds.Median / row.Batch:F2} ms ({contestant.RatioTo(result.Espalier):F2}x)"));
            Console.WriteLine($"{row}: {string.Join(", ", parts)}");
        }
    }

    private T? Try<T>(string what, Func<T> measure) where T : class
    {
        try
        {
            return measure();
        }
        catch (EspalierException error)
        {
            Console.Error.WriteLine($"{what}: {error.Message}");
            _failures.Add($"{what}: {error.Message}");
            return null;
        }
    }

    private void Write(string path, string commandLine)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, MarkdownReport.Write(new PeersReport(title, _machine, _started, commandLine, Method(), _results, _failures)));
        File.WriteAllText(Path.ChangeExtension(path, ".csv"), CsvReport.Write(_results));
    }

    private string Same() => options.Precisions.Contains(PeersOptions.Int8)
        ? $"Weights (the tests' formula, in 8 bits, calibrated on 50 photographs) and images (others of them) are the same: the peers run the ONNX file that Espalier exports. {Agreement.QuantaMethod}"
        : $"Weights (the tests' formula) and images are the same, and all answers, PyTorch's reference among them, agreed within {Agreement.Tolerance} of the largest logit";

    private string Method()
    {
        string held = Affinity.For(1).IsEmpty ? "could not be held to certain processors on this system" : "is held to the same processors, as many as it has threads";
        return string.Create(CultureInfo.InvariantCulture, $"""
            Every contestant is a process of its own that {held}; Espalier's is published as its users would publish it, compiled ahead of time where .NET can (ReadyToRun).
            {Same()} before anything was timed. Each is warmed up for {options.WarmUp.TotalSeconds} s and usually 10 runs; then they take turns of {Contest.RunsPerTurn} timed runs each (1 where a run is long), after one that does not count,
            until each has {options.Runs} or took {options.Longest.TotalSeconds} s.
            """);
    }
}
