using System.Diagnostics;
using System.Text;
using Espalier.Data;

namespace Espalier.Cli;

/// <summary>The verb <c>evaluate</c>: measures a classifier on images whose classes are known.</summary>
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

    private readonly Option<int> _limit = NumberOptions.Create("--limit", "Only N images: the first, or, of folders of classes, some of every class, the same each time.", 1, int.MaxValue, null);
    private readonly Option<string?> _confusion = new("--confusion") { Description = "Also writes which classes were taken for which: a row 'truth,predicted,images' for each pair that occurred, the most frequent confusions first.", HelpName = "FILE" };
    private readonly ReportOptions _report = new("Also writes a row for each class: the number of images, of predictions and of correct predictions, precision, recall and F1.");

    internal EvaluateVerb(CliContext context)
        : base(
            context,
            "evaluate",
            "Measures accuracy and loss: top-1 (the class with the largest logit is correct), top-5 (the correct class is among the five largest) and mean cross-entropy.",
            "espalier evaluate cifar_resnet56 --weights resnet56-4bfd9763.th --data test_batch.bin",
            "espalier evaluate resnet50 --weights \"$(espalier fetch resnet50)\" --data imagenet/val --limit 1000",
            "mpiexec -n 4 espalier evaluate resnet50 --weights \"$(espalier fetch resnet50)\" --data imagenet/val",
            "espalier evaluate flowers.espalier --data flowers/test --csv classes.csv",
            "espalier evaluate flowers.espalier --data flowers/test --confusion confusion.csv",
            "espalier evaluate flowers.espalier --data flowers/test --json")
    {
        _classifier.AddTo(this);
        _classes.AddTo(this);
        this.AddAll(_data, _limit, _confusion);
        _report.AddTo(this);
    }

    private protected override int Run(ParseResult parsed)
    {
        using ImageClassifier classifier = _classifier.Load(parsed, model => Labelled(parsed, model), Context);
        Model model = classifier.Model;
        MatchedDataset samples = _classes.OpenForEvaluation(parsed, ref model, parsed.GetRequiredValue(_data), Terminal, DecodingOptions.Source(parsed));
        samples = parsed.GetResult(_limit) is null ? samples : samples.Limit(parsed.GetValue(_limit));
        ClassificationReport? report = null;
        var watch = Stopwatch.StartNew();
        ProgressBar.Run(Terminal, "evaluate", samples.Count, show => report = classifier.Evaluate(samples, null, new DirectProgress<int>(done => show(done)), Context.Cancellation));
        double seconds = watch.Elapsed.TotalSeconds;
        if (Context.IsSilent)
        {
            return ExitCode.Success;
        }

        foreach (SampleFailure failure in report!.Unreadable)
        {
            Terminal.Warn(failure.ToString());
        }

        new DataNotes(Terminal, samples).Tell();
        if (parsed.GetValue(_confusion) is string path)
        {
            AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(Confusion(report).ToCsv())));
        }

        _report.Show(parsed, Terminal, Report(report, seconds));
        return ExitCode.Success;
    }

    /// <summary>The model with the labels that count: where the data's classes are to be taken in their order, its own do not, be they as many as its outputs or not.</summary>
    private Model Labelled(ParseResult parsed, Model model)
    {
        model = _classes.Label(parsed, model);
        return _classes.Rule(parsed) == ClassRule.Order ? model.With(model.Metadata with { Labels = [] }) : model;
    }

    private static Report Report(ClassificationReport report, double seconds) => new(new ReportObject
    {
        { "count", report.Count },
        { "top1_correct", report.TopCorrect(1) },
        { "top5_correct", report.TopCorrect(5) },
        { "loss", report.Loss },
        { "unreadable", report.Unreadable.Count },
        { "seconds", seconds },
    })
    {
        Text =
        [
            $"images  {Amount.Exact(report.Count)}",
            $"top-1   {Amount.Percent(report.Accuracy)}  ({Amount.Exact(report.TopCorrect(1))} correct)",
            $"top-5   {Amount.Percent(report.TopAccuracy(5))}  ({Amount.Exact(report.TopCorrect(5))} correct)",
            $"loss    {Amount.Fixed(report.Loss, 4)}",
            $"time    {Amount.Fixed(seconds, 1)} s, {Amount.Fixed(report.Count / seconds, 1)} images/s including decoding",
        ],
        Rows = ReportTable.Of(report.Classes.Select((figures, i) => (Class: i, Figures: figures)))
            .Field("class", row => row.Class)
            .Field("label", row => row.Figures.Label)
            .Field("images", row => row.Figures.Count)
            .Field("predicted", row => row.Figures.Predicted)
            .Field("correct", row => row.Figures.Correct)
            .Field("precision", row => Known(row.Figures.Precision))
            .Field("recall", row => Known(row.Figures.Recall))
            .Field("f1", row => Known(row.Figures.F1)),
    };

    /// <summary>The pairs of classes, right answers last.</summary>
    private static ReportTable Confusion(ClassificationReport report)
    {
        IEnumerable<(int Truth, int Predicted, int Count)> right = report.Classes.Select((figures, i) => (i, i, figures.Correct)).Where(row => row.Correct > 0);
        return ReportTable.Of(report.Confusion.Confusions.Concat(right))
            .Field("truth", row => report.Classes[row.Truth].Label)
            .Field("predicted", row => report.Classes[row.Predicted].Label)
            .Field("images", row => row.Count);
    }

    /// <summary>The value, or <see langword="null"/> if it is undefined (NaN).</summary>
    private static double? Known(double share) => double.IsNaN(share) ? null : share;
}
