using Espalier.Data;
using Espalier.Imaging;
using Espalier.Inference;
using Espalier.Models;

namespace Espalier.Cli;

/// <summary>A ResNet-50 from a seed: its summary, an answer, the plan beside the reference, and its speed.</summary>
/// <param name="context">Where to print, and when to stop.</param>
/// <param name="seed">What its weights are drawn from.</param>
/// <param name="threads">Threads that compute; 0 means one for each processor.</param>
/// <param name="isSilent">Whether nothing is to be printed.</param>
internal sealed class LargeNetwork(CliContext context, ulong seed, int threads, bool isSilent)
{
    private const string Network = "resnet50";
    private const int Shown = 3;
    private static readonly Shape Small = [3, 64, 64]; // the reference executor takes a second for it, and a minute for a photograph

    private NetworkSummary? _summary;
    private Prediction[] _top = [];
    private Latencies? _latencies;

    /// <summary>How the plan did beside the reference executor.</summary>
    internal PlanCheck Check { get; private set; }

    /// <summary>The threads that computed.</summary>
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
        Terminal.Out.WriteLine($"1. {Network}, built from the paper's table, with weights drawn from seed {seed}:");
        Terminal.Out.WriteLine();
        new SummaryReport(Network, _summary!).Report(nodes: false, stages: true).Print(Terminal);
    }

    private void PrintAnswer(Image picture)
    {
        Terminal.Out.WriteLine();
        Terminal.Out.WriteLine($"2. A picture of an espalier, drawn here ({picture}), resized, cropped, normalized and run. The network says:");
        foreach (Prediction prediction in _top)
        {
            Terminal.Out.WriteLine($"   {Amount.Percent(prediction.Probability),7}  class {prediction.Label}");
        }

        Terminal.Out.WriteLine("   This means nothing: weights that were never trained know nothing. 'espalier fetch resnet50' gets trained ones.");
        Terminal.Out.WriteLine();
    }

    private void PrintCheck()
    {
        string verdict = Check.Agrees ? "they agree" : $"THEY DISAGREE: {PlanCheck.Allowed:0e+0} is allowed";
        Terminal.Out.WriteLine($"3. The fast plan against the reference executor, at {Check.Input}: greatest difference {Check.Difference:0.0e+0} of the greatest logit; {verdict}.");
        Terminal.Out.WriteLine();
        Terminal.Out.WriteLine($"4. Speed with {Threads} thread{(Threads == 1 ? "" : "s")}:");
        Terminal.Out.WriteLine($"   reference executor at {Check.Input}    {Amount.Fixed(Check.ReferenceMilliseconds, 1),10} ms");
        Terminal.Out.WriteLine($"   fast plan at {Check.Input}             {Amount.Fixed(Check.PlanMilliseconds, 1),10} ms");
        Terminal.Out.WriteLine($"   fast plan at 3x224x224           {Amount.Fixed(_latencies!.Percentile(0.5), 1),10} ms");
        Terminal.Out.WriteLine();
    }
}
