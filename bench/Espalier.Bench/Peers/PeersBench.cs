using System.Collections.Immutable;
using System.Globalization;
using Espalier.Bench.Measuring;
using Espalier.Bench.Workers;
using Espalier.Tensors;

namespace Espalier.Bench.Peers;

/// <summary>Runs every contest that was asked for, and writes the report after each, so that a run that is stopped leaves what it has.</summary>
internal sealed class PeersBench(PeersOptions options)
{
    private readonly List<ContestResult> _rows = [];
    private readonly List<string> _failures = [];
    private readonly Setup _setup = new();
    private readonly Machine _machine = Machine.Describe();
    private readonly DateTimeOffset _started = DateTimeOffset.UtcNow;

    /// <summary>0, or 1 if anything could not be measured.</summary>
    internal int Run(string commandLine)
    {
        ImmutableArray<Contestant> contestants = [Contestant.Espalier(), .. options.Peers.Select(name => Contestant.Peer(name, _setup))];
        string path = Path.GetFullPath(options.Output ?? Path.Combine(_setup.ResultsFolder, $"peers-{_machine.Slug}.md"));
        if (_machine.IsBusy)
        {
            Console.Error.WriteLine($"warning: other programs are running (load average {_machine.LoadAverage.ToString("F1", CultureInfo.InvariantCulture)}); times will not be worth much");
        }

        _setup.Ensure();
        foreach ((string network, int size, double zeros) in Networks())
        {
            Measure(network, size, zeros, contestants, () => Write(path, commandLine));
        }

        Write(path, commandLine);

        Console.WriteLine($"report: {path}");
        return _failures.Count == 0 ? 0 : 1;
    }

    private IEnumerable<(string Network, int Size, double Zeros)> Networks() =>
        from network in options.Models from size in options.Sizes from zeros in options.Zeros select (network, size, zeros);

    private void Measure(string network, int size, double zeros, ImmutableArray<Contestant> contestants, Action write)
    {
        string label = string.Create(CultureInfo.InvariantCulture, $"{network}{(size > 0 ? $" at {size}x{size}" : "")}{(zeros > 0 ? $" with {zeros:P0} zeros" : "")}");
        if (Try(label, () => _setup.Export(network, size, zeros, options.Batches)) is not { } model)
        {
            return;
        }

        foreach ((int threads, int batch) in from threads in options.Threads from batch in options.Batches select (threads, batch))
        {
            string row = $"{label}, {threads} {(threads == 1 ? "thread" : "threads")}, batch {batch}";
            if (Try(row, () => new Contest(model, batch, threads).Run(contestants, options.Runs, options.Starts, options.WarmUp)) is { } result)
            {
                _rows.Add(result);
                write();
                IEnumerable<string> parts = result.Contestants.Select(contestant => string.Create(
                    CultureInfo.InvariantCulture, $"{contestant.Name} {contestant.Milliseconds.Median / batch:F2} ms ({contestant.RatioTo(result.Espalier):F2}x)"));
                Console.WriteLine($"{row}: {string.Join(", ", parts)}");
            }
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
        File.WriteAllText(path, MarkdownReport.Write(new PeersReport(_machine, _started, commandLine, Method(), _rows, _failures)));
        File.WriteAllText(Path.ChangeExtension(path, ".csv"), CsvReport.Write(_rows));
    }

    private string Method()
    {
        string held = Affinity.For(1).IsEmpty ? "could not be held to certain processors on this system" : "is held to the same processors, as many as it has threads";
        return string.Create(CultureInfo.InvariantCulture, $"""
            Every contestant is a process of its own that {held}; weights (the tests' formula) and images are the same, and all answers, PyTorch's reference
            among them, agreed within {Agreement.Tolerance} of the largest logit before anything was timed. Each is warmed up for {options.WarmUp.TotalSeconds} s (and 10 runs) at the least, in which .NET's
            tiered compiler reaches its last tier; then they take turns of {Contest.RunsPerTurn} timed runs each, after one that does not count, until each has {options.Runs} or a few more.
            """);
    }
}
