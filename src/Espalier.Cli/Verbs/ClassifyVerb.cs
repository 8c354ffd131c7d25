using System.CommandLine;
using Espalier.Data;
using Espalier.Inference;

namespace Espalier.Cli;

/// <summary>Says what is in pictures.</summary>
internal sealed class ClassifyVerb : Verb
{
    private const int UsualBatch = 8;

    private readonly ClassifierOptions _classifier = new(UsualBatch);
    private readonly Argument<string[]> _images = new("IMAGES")
    {
        Description = "JPEG and PNG files, or folders of them, at any depth.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string?> _labels = LabelsFile.Option();
    private readonly Option<int> _top = NumberOption.Create("--top", "How many classes to show, the most probable first.", 1, int.MaxValue, 5);
    private readonly ReportOptions _report = new("Also writes a row for each class of each picture, the most probable first: image, rank, class, label, probability, logit; of a picture that cannot be read the error.");

    internal ClassifyVerb(CliContext context)
        : base(
            context,
            "classify",
            "Says what pictures show: the most probable classes of each with their probabilities (softmax of the logits).",
            "espalier classify resnet50 --weights resnet50-0676ba61.pth --labels imagenet_classes.txt dog.jpg",
            "espalier classify flowers.espalier photos/ --top 1",
            "espalier classify flowers.espalier photos/ --csv answers.csv",
            "espalier classify flowers.espalier photos/ --json > answers.json")
    {
        _classifier.AddTo(this);
        this.AddAll(_images, _labels, _top);
        _report.AddTo(this);
    }

    private protected override int Run(ParseResult parsed)
    {
        ImageFileDataset images = ImageFileDataset.OpenUnlabelled(parsed.GetRequiredValue(_images));
        using Classifier classifier = _classifier.Load(parsed, model => LabelsFile.Apply(parsed.GetValue(_labels), model), Terminal);
        int top = parsed.GetValue(_top);
        var answers = new List<(string Name, Prediction[] Predictions)>();
        ProgressBar.Run(Terminal, "classify", images.Count, report => classifier.Run(images, (index, logits) =>
        {
            answers.Add((images.NameOf(index), Prediction.Top(logits.Span, top, classifier.Model.Metadata.Labels)));
            report(answers.Count);
        }, Context.Cancellation));

        foreach (SampleFailure failure in classifier.Failures)
        {
            Terminal.Warn(failure.ToString());
        }

        _report.Show(parsed, Terminal, Report(answers, classifier.Failures));
        return ExitCode.Success;
    }

    private static Report Report(List<(string Name, Prediction[] Predictions)> answers, IReadOnlyList<SampleFailure> failures)
    {
        IEnumerable<ReportValue> known = answers.Select(answer => (ReportValue)new ReportObject
        {
            { "image", answer.Name },
            {
                "predictions", ReportTable.Of(answer.Predictions)
                    .Field("class", prediction => prediction.Class)
                    .Field("label", prediction => prediction.Label)
                    .Field("probability", prediction => prediction.Probability)
                    .Field("logit", prediction => prediction.Logit)
            },
        });
        return new Report(ReportValue.List([.. known, .. failures.Select(failure => (ReportValue)new ReportObject { { "image", failure.Name }, { "error", failure.Reason } })]))
        {
            Text = [.. answers.SelectMany(Lines)],
            Rows = Rows(answers, failures),
        };
    }

    private static IEnumerable<ReportPart> Lines((string Name, Prediction[] Predictions) answer) =>
        [Visible.Text(answer.Name), .. answer.Predictions.Select(prediction => (ReportPart)$"  {Amount.Percent(prediction.Probability),7}  {Visible.Text(prediction.Label)}")];

    /// <summary>A row for each class of each picture, the most probable first; of a picture that cannot be read a row with the reason.</summary>
    private static ReportTable Rows(List<(string Name, Prediction[] Predictions)> answers, IReadOnlyList<SampleFailure> failures)
    {
        var rows = answers.SelectMany(answer => answer.Predictions.Select((prediction, i) => (answer.Name, Rank: (long?)(i + 1), Prediction: (Prediction?)prediction, Error: "")))
            .Concat(failures.Select(failure => (failure.Name, Rank: (long?)null, Prediction: (Prediction?)null, Error: failure.Reason)));
        return ReportTable.Of(rows)
            .Field("image", row => row.Name)
            .Field("rank", row => row.Rank)
            .Field("class", row => row.Prediction?.Class)
            .Field("label", row => row.Prediction?.Label)
            .Field("probability", row => row.Prediction?.Probability)
            .Field("logit", row => row.Prediction?.Logit)
            .Field("error", row => row.Error);
    }
}
