using Espalier.Data;

namespace Espalier.Cli;

/// <summary>The verb <c>classify</c>: classifies images.</summary>
internal sealed class ClassifyVerb : Verb
{
    private const int UsualBatch = 8;

    private readonly ClassifierOptions _classifier = new(UsualBatch);
    private readonly Argument<string[]> _images = new("IMAGES")
    {
        Description = "Image files (JPEG, PNG, WebP, BMP, GIF, TIFF), or folders of them, at any depth.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string?> _labels = LabelsOptions.Create();
    private readonly Option<int> _top = NumberOptions.Create("--top", "The number of classes to show, most probable first.", 1, int.MaxValue, 5);
    private readonly ReportOptions _report = new("Also writes a row for each class of each image, most probable first: image, rank, class, label, probability, logit; for an image that cannot be read a row with the error.");

    internal ClassifyVerb(CliContext context)
        : base(
            context,
            "classify",
            "Classifies images: prints the most probable classes of each with their probabilities (softmax of the logits).",
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
        ImageFileDataset images = ImageFileDataset.OpenUnlabelled(parsed.GetRequiredValue(_images), DecodingOptions.Read(parsed));
        using ImageClassifier classifier = _classifier.Load(parsed, model => LabelsOptions.Apply(parsed.GetValue(_labels), model), Context);
        IReadOnlyList<ClassifiedImage> answers = [];
        ProgressBar.Run(Terminal, "classify", images.Count, report =>
            answers = classifier.ClassifyAll(images, parsed.GetValue(_top), new DirectProgress<int>(done => report(done)), Context.Cancellation));
        ClassifiedImage[] known = [.. answers.Where(answer => answer.Error is null)], failures = [.. answers.Where(answer => answer.Error is not null)];
        int code = failures.Length == 0 ? ExitCode.Success : ExitCode.UserError;
        if (Context.IsSilent)
        {
            return code;
        }

        foreach (ClassifiedImage failure in failures)
        {
            Terminal.Warn(new SampleFailure(0, failure.Name, failure.Error!).ToString());
        }

        new DataNotes(Terminal, images).Tell();
        _report.Show(parsed, Terminal, Report(known, failures));
        return code;
    }

    private static Report Report(ClassifiedImage[] answers, ClassifiedImage[] failures)
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
        return new Report(ReportValue.List([.. known, .. failures.Select(failure => (ReportValue)new ReportObject { { "image", failure.Name }, { "error", LibraryWords.Translate(failure.Error!) } })]))
        {
            Text = [.. answers.SelectMany(Lines)],
            Rows = Rows(answers, failures),
        };
    }

    private static IEnumerable<ReportPart> Lines(ClassifiedImage answer) =>
        [Visible.Text(answer.Name), .. answer.Predictions.Select(prediction => (ReportPart)$"  {Amount.Percent(prediction.Probability),7}  {Visible.Text(prediction.Label)}")];

    /// <summary>A row for each class of each image, most probable first; for an image that cannot be read a row with the error.</summary>
    private static ReportTable Rows(ClassifiedImage[] answers, ClassifiedImage[] failures)
    {
        var rows = answers.SelectMany(answer => answer.Predictions.Select((prediction, i) => (answer.Name, Rank: (long?)(i + 1), Prediction: (Prediction?)prediction, Error: "")))
            .Concat(failures.Select(failure => (failure.Name, Rank: (long?)null, Prediction: (Prediction?)null, Error: LibraryWords.Translate(failure.Error!))));
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
