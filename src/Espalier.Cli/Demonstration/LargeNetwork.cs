using Espalier.Data;
using Espalier.Imaging;
using Espalier.Inference;
using Espalier.Models;

namespace Espalier.Cli;

/// <summary>The first part of the demo, with a ResNet-50 with random weights: its summary, a prediction, the comparison of the plan with the reference executor, and its latency.</summary>
/// <param name="context">The terminal and the cancellation token.</param>
/// <param name="seed">The seed of its weights.</param>
/// <param name="threads">The number of threads; 0 means one per processor.</param>
/// <param name="isSilent">Whether to print nothing.</param>
internal sealed class LargeNetwork(CliContext context, ulong seed, int threads, bool isSilent)
{
    private const string Network = "resnet50";
    private const int Shown = 3;
    private static readonly Shape Small = [3, 64, 64]; // small, because the reference executor is slow

    private NetworkSummary? _summary;
    private Prediction[] _top = [];
    private Latencies? _latencies;

    /// <summary>The comparison of the plan with the reference executor.</summary>
    internal PlanCheck Check { get; private set; }

    /// <summary>The number of threads used.</summary>
    internal int Threads { get; private set; }

    private Terminal Terminal => context.Terminal;

    internal void Show(Image picture)
    {
        Model model = Zoo.Create(Network).Initialize(seed);
        _summary = new NetworkSummary(model.Graph, model.Metadata.Stages);
        Tell(PrintSummary);
        using var predictor = new Predictor(model, new PredictorOptions { Threads = threads });
        Threads = predictor.Threads;
        Tensor input = InputPipeline.Create(model.Metadata.Preprocessing!, model.Graph.ShapeOf(model.Graph.Input.Name)).Run(picture);
        Tensor batch = input.Reshape(input.Shape.Prepend(1));
        _top = Prediction.Top(predictor.Run(batch).Read<float>(), Shown, []);
        context.Cancellation.ThrowIfCancellationRequested();
        Tell(() => PrintAnswer(picture));
        Check = PlanCheck.Run(model, predictor, Small, seed, context.Cancellation);
        _latencies = LatencyMeasurement.Measure(PlanCheck.WarmUpRuns, PlanCheck.CountedRuns, () => predictor.Run(batch), _ => { }, context.Cancellation);
        Tell(PrintCheck);
    }

    internal ReportObject Data => new()
    {
        { "model", Network },
        { "parameters", _summary!.Parameters },
        { "macs", _summary.MultiplyAccumulates },
        { "class", _top[0].Class },
        { "trained", false },
        { "check_input", Check.Input.ToString() },
        { "relative_difference", Check.Difference },
        { "agrees", Check.Agrees },
        { "reference_ms", Check.ReferenceMilliseconds },
        { "plan_ms", Check.PlanMilliseconds },
        { "p50_ms", _latencies!.Percentile(0.5) },
        { "threads", Threads },
    };

    private void Tell(Action print)
    {
        if (!isSilent)
        {
            print();
            Terminal.Out.Flush();
        }
    }

    private void PrintSummary()
    {
        Terminal.Out.WriteLine($"1. {Network}, built from the paper's table, with random weights (seed {seed}):");
        Terminal.Out.WriteLine();
        new SummaryReport(Network, _summary!).Report(nodes: false, stages: true).Print(Terminal);
    }

    private void PrintAnswer(Image picture)
    {
        Terminal.Out.WriteLine();
        Terminal.Out.WriteLine($"2. Predictions for a generated picture of an espalier ({picture}), resized, cropped and normalized:");
        foreach (Prediction prediction in _top)
        {
            Terminal.Out.WriteLine($"   {Amount.Percent(prediction.Probability),7}  class {prediction.Label}");
        }

        Terminal.Out.WriteLine("   They are meaningless, since the weights are untrained. 'espalier fetch resnet50' downloads trained ones.");
        Terminal.Out.WriteLine();
    }

    private void PrintCheck()
    {
        string verdict = Check.Agrees ? "they agree" : $"THEY DISAGREE: at most {PlanCheck.Allowed:0e+0} is allowed";
        Terminal.Out.WriteLine($"3. The inference plan compared with the reference executor, at {Check.Input}: maximum difference {Check.Difference:0.0e+0} of the largest logit; {verdict}.");
        Terminal.Out.WriteLine();
        Terminal.Out.WriteLine($"4. Latency with {Threads} thread{(Threads == 1 ? "" : "s")}:");
        Terminal.Out.WriteLine($"   reference executor at {Check.Input}    {Amount.Fixed(Check.ReferenceMilliseconds, 1),10} ms");
        Terminal.Out.WriteLine($"   fast plan at {Check.Input}             {Amount.Fixed(Check.PlanMilliseconds, 1),10} ms");
        Terminal.Out.WriteLine($"   fast plan at 3x224x224           {Amount.Fixed(_latencies!.Percentile(0.5), 1),10} ms");
        Terminal.Out.WriteLine();
    }
}
