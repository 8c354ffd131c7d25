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
        using Classifier classifier = _classifier.Load(parsed, model => _classes.Label(parsed, model), Terminal);
        Model model = classifier.Model;
        MatchedDataset samples = _classes.OpenForEvaluation(parsed, ref model, parsed.GetRequiredValue(_data), Terminal);
        samples = parsed.GetResult(_limit) is null ? samples : samples.First(parsed.GetValue(_limit));
        var tally = new EvaluationTally(samples);
        var watch = Stopwatch.StartNew();
        ProgressBar.Run(Terminal, "evaluate", samples.Count, report => classifier.Run(samples, (index, logits) =>
        {
            tally.Add(logits.Span, index);
            report(tally.Count);
        }, Context.Cancellation));
        double seconds = watch.Elapsed.TotalSeconds;
        foreach (SampleFailure failure in classifier.Failures)
        {
            Terminal.Warn(failure.ToString());
        }

        if (parsed.GetValue(_json))
        {
            Json.Print(Terminal, json => Write(json, tally, classifier.Failures.Count, seconds));
        }
        else
        {
            Print(tally, seconds);
        }

        return ExitCode.Success;
    }

    private void Print(EvaluationTally tally, double seconds)
    {
        Terminal.Out.WriteLine($"images  {Amount.Exact(tally.Count)}");
        Terminal.Out.WriteLine($"top-1   {Amount.Percent(tally.Accuracy)}  ({Amount.Exact(tally.Top1Correct)} right)");
        Terminal.Out.WriteLine($"top-5   {Amount.Percent(tally.Top5Correct / (double)tally.Count)}  ({Amount.Exact(tally.Top5Correct)} right)");
        Terminal.Out.WriteLine($"loss    {Amount.Fixed(tally.Loss, 4)}");
        Terminal.Out.WriteLine($"time    {Amount.Fixed(seconds, 1)} s, {Amount.Fixed(tally.Count / seconds, 1)} images/s with decoding");
    }

    private static void Write(Utf8JsonWriter json, EvaluationTally tally, int unreadable, double seconds)
    {
        json.WriteStartObject();
        json.WriteNumber("count", tally.Count);
        json.WriteNumber("top1_correct", tally.Top1Correct);
        json.WriteNumber("top5_correct", tally.Top5Correct);
        json.WriteFinite("loss", tally.Loss);
        json.WriteNumber("unreadable", unreadable);
        json.WriteFinite("seconds", seconds);
        json.WriteEndObject();
    }
}
