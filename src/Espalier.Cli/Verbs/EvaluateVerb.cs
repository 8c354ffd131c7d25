using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Espalier.Data;
using Espalier.Graphs;

namespace Espalier.Cli;

/// <summary>Measures a classifier on images whose classes are known.</summary>
internal sealed class EvaluateVerb : Verb
{
    private const int UsualBatch = 32;

    private readonly ClassifierOptions _classifier = new(UsualBatch);
    private readonly ClassOptions _classes = new();
    private readonly Option<string[]> _data = new("--data")
    {
        Description = "CIFAR binary files, a folder of them or of MNIST files, or a folder with one folder of images for each class; may be given several times.",
        HelpName = "PATH",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = true,
        Required = true,
    };

    private readonly Option<int> _limit = NumberOption.Create("--limit", "Only the first N images.", 1, int.MaxValue, null);
    private readonly Option<bool> _json = CommonOptions.Json();

    internal EvaluateVerb(CliContext context)
        : base(
            context,
            "evaluate",
            "Measures accuracy and loss: top-1 (the greatest logit is right), top-5 (the right class is among the five greatest) and mean cross-entropy.",
            "espalier evaluate cifar_resnet56 --weights resnet56-4bfd9763.th --data test_batch.bin",
            "espalier evaluate resnet50 --weights \"$(espalier fetch resnet50)\" --data imagenet/val --limit 1000",
            "espalier evaluate flowers.espalier --data flowers/test --json")
    {
        _classifier.AddTo(this);
        _classes.AddTo(this);
        Add(_data);
        Add(_limit);
        Add(_json);
    }

    private protected override int Run(ParseResult parsed)
    {
        using ImageClassifier classifier = _classifier.Load(parsed, model => _classes.Label(parsed, model), Terminal);
        Model model = classifier.Model;
        MatchedDataset samples = _classes.OpenForEvaluation(parsed, ref model, parsed.GetRequiredValue(_data), Terminal);
        samples = parsed.GetResult(_limit) is null ? samples : samples.First(parsed.GetValue(_limit));
        ClassificationReport? report = null;
        var watch = Stopwatch.StartNew();
        ProgressBar.Run(Terminal, "evaluate", samples.Count, show => report = classifier.Evaluate(samples, null, new DirectProgress<int>(done => show(done)), Context.Cancellation));
        double seconds = watch.Elapsed.TotalSeconds;
        foreach (SampleFailure failure in report!.Unreadable)
        {
            Terminal.Warn(failure.ToString());
        }

        if (parsed.GetValue(_json))
        {
            Json.Print(Terminal, json => Write(json, report, seconds));
        }
        else
        {
            Print(report, seconds);
        }

        return ExitCode.Success;
    }

    private void Print(ClassificationReport report, double seconds)
    {
        Terminal.Out.WriteLine($"images  {Amount.Exact(report.Count)}");
        Terminal.Out.WriteLine($"top-1   {Amount.Percent(report.Accuracy)}  ({Amount.Exact(report.TopCorrect(1))} right)");
        Terminal.Out.WriteLine($"top-5   {Amount.Percent(report.TopAccuracy(5))}  ({Amount.Exact(report.TopCorrect(5))} right)");
        Terminal.Out.WriteLine($"loss    {Amount.Fixed(report.Loss, 4)}");
        Terminal.Out.WriteLine($"time    {Amount.Fixed(seconds, 1)} s, {Amount.Fixed(report.Count / seconds, 1)} images/s with decoding");
    }

    private static void Write(Utf8JsonWriter json, ClassificationReport report, double seconds)
    {
        json.WriteStartObject();
        json.WriteNumber("count", report.Count);
        json.WriteNumber("top1_correct", report.TopCorrect(1));
        json.WriteNumber("top5_correct", report.TopCorrect(5));
        json.WriteFinite("loss", report.Loss);
        json.WriteNumber("unreadable", report.Unreadable.Count);
        json.WriteFinite("seconds", seconds);
        json.WriteEndObject();
    }
}
