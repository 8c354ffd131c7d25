using Espalier.Inference;

namespace Espalier.Cli;

/// <summary>The verb <c>bench</c>: measures latency and throughput.</summary>
internal sealed class BenchVerb : Verb
{
    private const int MostRuns = 1_000_000;
    private const int MostProfiled = 10; // the median of ten runs of each step is precise enough for a table

    private readonly ModelOptions _model = new();
    private readonly Option<string?> _input = InputOptions.Create();
    private readonly Option<int> _batch = CommonOptions.Batch(1);
    private readonly Option<int> _threads = CommonOptions.Threads();
    private readonly Option<int> _warmup = NumberOptions.Create("--warmup", "Warmup runs before the measured ones; continued for at least half a second, until .NET has compiled hot methods. 0 also measures the first run.", 0, MostRuns, 5);
    private readonly Option<int> _repeat = NumberOptions.Create("--repeat", "The number of measured runs.", 1, MostRuns, 30);
    private readonly Option<bool> _tune = TuneOptions.Create();
    private readonly Option<bool> _layers = new("--layers") { Description = "Also prints a row for each step of the plan: its kernel, time, and GFLOPS." };
    private readonly Option<bool> _unfolded = new("--unfolded") { Description = "Measures the network without folding norms and branches, to see the gain of folding." };
    private readonly Option<bool> _json = CommonOptions.Json();

    internal BenchVerb(CliContext context)
        : base(
            context,
            "bench",
            "Measures latency and throughput on this machine. Random weights are as fast as trained ones, so none are needed.",
            "espalier bench resnet50 --threads 1",
            "espalier bench resnet18 --layers --input 3x320x320",
            "espalier bench mobilenet_v2 --batch 32 --json")
    {
        _model.AddTo(this);
        this.AddAll(_input, _batch, _threads, _warmup, _repeat, _tune, _layers, _unfolded);
        RuntimeOptions.AddTo(this);
        this.AddAll(_json);
    }

    private protected override int Run(ParseResult parsed)
    {
        IRuntime runtime = RuntimeOptions.Read(parsed);
        TuneOptions.Require(parsed, _tune);
        RuntimeOptions.RequireCpu(parsed, _layers, "shows the steps", "show");
        ModelSource request = _model.Read(parsed, Terminal);
        Model model = request.Load();
        Graph graph = InputOptions.Apply(parsed, _input, model.Graph);
        Tensor input = RandomInput.Create(graph.ShapeOf(graph.Input.Name).Prepend(parsed.GetValue(_batch)), _model.Seed(parsed));
        var options = new PredictorOptions { Threads = parsed.GetValue(_threads), Unfolded = parsed.GetValue(_unfolded) };
        options = TuneOptions.Apply(parsed.GetValue(_tune), options, request, new Model(graph, model.Parameters, model.Metadata), input.Shape[0], Terminal);
        using IRunnable runnable = Runtimes.Tuned(runtime, options.TunedKernels).Prepare(model, new RunOptions { Threads = options.Threads, Unfolded = options.Unfolded });
        Measure(parsed, runnable, model.Metadata.Architecture, graph, input).Report().Show(Terminal, parsed.GetValue(_json));
        return ExitCode.Success;
    }

    private BenchReport Measure(ParseResult parsed, IRunnable runnable, string architecture, Graph graph, Tensor input)
    {
        int warmup = parsed.GetValue(_warmup);
        int repeat = parsed.GetValue(_repeat);
        Latencies? latencies = null;
        ProgressBar.Run(Terminal, "bench", warmup + repeat, report =>
            latencies = LatencyMeasurement.Measure(warmup, repeat, () => runnable.Run(input), report, Context.Cancellation));
        return new BenchReport(architecture, graph, input.Shape[0], parsed.GetValue(_threads), repeat, latencies!)
        {
            PeakBytes = LatencyMeasurement.PeakBytes(),
            Layers = parsed.GetValue(_layers) ? ((Predictor)runnable).Profile(input, Math.Min(repeat, MostProfiled)) : [],
        };
    }
}
