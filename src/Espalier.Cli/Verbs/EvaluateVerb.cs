using System.CommandLine;
using System.Diagnostics;
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
    private readonly ReportOptions _report = new("Also writes a row for each class: how many images it has, how many were taken for it, how many of them rightly, precision, recall and F1.");

    internal EvaluateVerb(CliContext context)
        : base(
            context,
            "evaluate",
            "Measures accuracy and loss: top-1 (the greatest logit is right), top-5 (the right class is among the five greatest) and mean cross-entropy.",
            "espalier evaluate cifar_resnet56 --weights resnet56-4bfd9763.th --data test_batch.bin",
            "espalier evaluate resnet50 --weights \"$(espalier fetch resnet50)\" --data imagenet/val --limit 1000",
            "espalier evaluate flowers.espalier --data flowers/test --csv classes.csv",
            "espalier evaluate flowers.espalier --data flowers/test --json")
    {
        _classifier.AddTo(this);
        _classes.AddTo(this);
        this.AddAll(_data, _limit);
        _report.AddTo(this);
    }

    private protected override int Run(ParseResult parsed)
    {
        using Classifier classifier = _classifier.Load(parsed, model => _classes.Label(parsed, model), Terminal);
        Model model = classifier.Model;
        MatchedDataset samples = _classes.OpenForEvaluation(parsed, ref model, parsed.GetRequiredValue(_data), Terminal);
        samples = parsed.GetResult(_limit) is null ? samples : samples.First(parsed.GetValue(_limit));
        var tally = new EvaluationTally(samples);
        var classes = new ClassTally(model);
        var watch = Stopwatch.StartNew();
        ProgressBar.Run(Terminal, "evaluate", samples.Count, report => classifier.Run(samples, (index, logits) =>
        {
            tally.Add(logits.Span, index);
            classes.Add(logits.Span, samples.LabelOf(index));
            report(tally.Count);
        }, Context.Cancellation));
        double seconds = watch.Elapsed.TotalSeconds;
        foreach (SampleFailure failure in classifier.Failures)
        {
            Terminal.Warn(failure.ToString());
        }

        _report.Show(parsed, Terminal, Report(tally, classes, classifier.Failures.Count, seconds));
        return ExitCode.Success;
    }

    private static Report Report(EvaluationTally tally, ClassTally classes, int unreadable, double seconds) => new(new ReportObject
    {
        { "count", tally.Count },
        { "top1_correct", tally.Top1Correct },
        { "top5_correct", tally.Top5Correct },
        { "loss", tally.Loss },
        { "unreadable", unreadable },
        { "seconds", seconds },
    })
    {
        Text =
        [
            $"images  {Amount.Exact(tally.Count)}",
            $"top-1   {Amount.Percent(tally.Accuracy)}  ({Amount.Exact(tally.Top1Correct)} right)",
            $"top-5   {Amount.Percent(tally.Top5Correct / (double)tally.Count)}  ({Amount.Exact(tally.Top5Correct)} right)",
            $"loss    {Amount.Fixed(tally.Loss, 4)}",
            $"time    {Amount.Fixed(seconds, 1)} s, {Amount.Fixed(tally.Count / seconds, 1)} images/s with decoding",
        ],
        Rows = ReportTable.Of(classes.Rows)
            .Field("class", row => row.Class)
            .Field("label", row => row.Label)
            .Field("images", row => row.Images)
            .Field("predicted", row => row.Predicted)
            .Field("correct", row => row.Correct)
            .Field("precision", row => Share(row.Correct, row.Predicted))
            .Field("recall", row => Share(row.Correct, row.Images))
            .Field("f1", row => Share(2 * row.Correct, row.Images + row.Predicted)),
    };

    /// <summary>Unknown, where there is nothing to have a share of.</summary>
    private static double? Share(int part, int whole) => whole == 0 ? null : (double)part / whole;
}
