using Espalier.Data;

namespace Espalier.Cli;

/// <summary>The verb <c>compare</c>: compares two models.</summary>
internal sealed class CompareVerb : Verb
{
    private readonly Argument<string> _first = new("A") { Description = "A model file, or a network of the zoo." };
    private readonly Argument<string> _second = new("B") { Description = "The model to compare with." };
    private readonly Option<string?> _firstWeights = Weights("--weights-a", "A");
    private readonly Option<string?> _secondWeights = Weights("--weights-b", "B");
    private readonly VerifyOptions _data = new("--data", keepsLabels: true);
    private readonly Option<string[]> _images = new("--image")
    {
        Description = "Images, or folders of them, whose most probable classes are shown by either model, side by side.",
        HelpName = "PATH",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
    };

    private readonly Option<int> _top = NumberOptions.Create("--top", "With --image: the number of classes to show, most probable first.", 1, int.MaxValue, 5);
    private readonly Option<bool> _measure = new("--measure") { Description = "Also measures the time of one sample on one thread, both models alternately." };
    private readonly Option<bool> _anyName = AnyNameOption.Create();
    private readonly Option<bool> _json = CommonOptions.Json();

    internal CompareVerb(CliContext context)
        : base(
            context,
            "compare",
            "Compares two models: parameters, non-zeros, MACs, file size, changed layers, for how many samples they predict the same class and how much their outputs differ; accuracy if --data has classes, and time with --measure.",
            "espalier compare mynet.espalier pruned.espalier",
            "espalier compare mynet.espalier pruned.espalier --data test_batch.bin --measure",
            "espalier compare mynet.espalier quantized.espalier --image dog.jpg",
            "espalier compare resnet50 small.espalier --weights-a resnet50-0676ba61.pth --json")
    {
        this.AddAll(_first, _second, _firstWeights, _secondWeights, _anyName);
        _data.AddTo(this);
        this.AddAll(_images, _top, _measure, _json);
    }

    private protected override int Run(ParseResult parsed)
    {
        (string first, string second) = (parsed.GetRequiredValue(_first), parsed.GetRequiredValue(_second));
        Model a = Load(parsed, first, _firstWeights);
        Model b = Load(parsed, second, _secondWeights);
        double?[] times = parsed.GetValue(_measure) ? [.. ModelTiming.Measure([a, b], RuntimeOptions.Read(parsed), Context.Cancellation).Select(latencies => (double?)latencies.Percentile(0.5))] : [null, null];
        (string nameOfFirst, string nameOfSecond) = ModelNames.Of(first, second);
        ModelComparison? comparison = Compare(parsed, a, b, out string? reason);
        var report = new CompareReport(
            new ComparedModel(nameOfFirst, a.Graph, Figures(a, times[0])),
            new ComparedModel(nameOfSecond, b.Graph, Figures(b, times[1])),
            new StructureDifference(a.Graph, b.Graph),
            comparison,
            reason)
        {
            Answers = parsed.GetValue(_images) is { Length: > 0 } paths ? Answers(parsed, (nameOfFirst, nameOfSecond), a, b, paths) : null,
        };
        report.Report().Show(Terminal, parsed.GetValue(_json));
        return report.Answers?.Failures.Any() == true ? ExitCode.UserError : ExitCode.Success;
    }

    /// <summary>The predictions of both models for images, each with its own preprocessing.</summary>
    private AnswersReport Answers(ParseResult parsed, (string First, string Second) names, Model a, Model b, string[] paths)
    {
        ImageFileDataset images = ImageFileDataset.OpenUnlabelled(paths, DecodingOptions.Read(parsed));
        var answers = new AnswersReport(names, Classify(parsed, a, images), Classify(parsed, b, images));
        foreach (ClassifiedImage failure in answers.Failures)
        {
            Terminal.Warn(new SampleFailure(0, failure.Name, failure.Error!).ToString());
        }

        new DataNotes(Terminal, images).Tell();
        return answers;
    }

    private IReadOnlyList<ClassifiedImage> Classify(ParseResult parsed, Model model, ImageFileDataset images)
    {
        using var classifier = new ImageClassifier(_data.Prepare(parsed, model), new ImageClassifierOptions { Threads = _data.Threads(parsed), Runtime = RuntimeOptions.Read(parsed) });
        return classifier.ClassifyAll(images, parsed.GetValue(_top), cancellation: Context.Cancellation);
    }

    private Model Load(ParseResult parsed, string name, Option<string?> weights) =>
        new ModelSource(name) { Weights = parsed.GetValue(weights), AnyName = parsed.GetValue(_anyName), Seed = ModelOptions.SeedOf(name, parsed.GetValue(weights), 0), Note = Terminal.Note }.Load();

    /// <summary>Runs both models on the same samples, each with its own preprocessing and labels. Returns <see langword="null"/> and the reason if their inputs or classes differ.</summary>
    private ModelComparison? Compare(ParseResult parsed, Model a, Model b, out string? reason)
    {
        reason = "their input or output shapes differ";
        if (!ModelComparing.IsPossible(a, b))
        {
            return null;
        }

        ComparisonSamples samples = _data.Open(parsed, ref a, Context, hasOtherImages: parsed.GetValue(_images)!.Length > 0);
        try
        {
            ModelComparison comparison = samples.Compare(a, _data.Prepare(parsed, b, a, samples, Terminal), ("the first model", "the second model"), new SharedWork(null, Context.Cancellation));
            return VerifyOptions.Warned(comparison, comparison, Terminal);
        }
        catch (ClassMismatchException error)
        {
            reason = error.Message;
            return null;
        }
    }

    private static Option<string?> Weights(string name, string model) =>
        new(name) { Description = $"The checkpoint of {model}, if that is a network of the zoo; random weights by default.", HelpName = "CHECKPOINT" };

    private static ModelFigures Figures(Model model, double? milliseconds) => ModelFigures.Of(model) with { Bytes = ModelFile.SizeOf(model), Milliseconds = milliseconds };
}
