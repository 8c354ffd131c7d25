using Espalier.Data;
using Espalier.Training;

namespace Espalier.Cli;

/// <summary>The verb <c>report</c>: writes a page about a model, or about two.</summary>
internal sealed class ReportVerb : Verb
{
    private const int UsualBatch = 32;
    private static readonly string[] s_extensions = [".html", ".htm"];

    private readonly ModelOptions _model = new();
    private readonly Option<string[]> _data = new("--data")
    {
        Description = "Images with classes to evaluate the model on, as for 'evaluate'; may be given several times.",
        HelpName = "PATH",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
    };

    private readonly Option<int> _limit = NumberOptions.Create("--limit", "Only N images: the first, or, of folders of classes, some of every class, the same each time.", 1, int.MaxValue, null);
    private readonly Option<bool> _time = new("--time") { Description = "Also measures the time of one image on one thread, and of each layer." };
    private readonly Option<string?> _against = new("--against") { Description = "A second model that is shown beside MODEL, such as the one that it was made from.", HelpName = "MODEL" };
    private readonly Option<string?> _againstWeights = new("--against-weights") { Description = "The checkpoint of --against, if that is a network of the zoo; random weights by default.", HelpName = "CHECKPOINT" };
    private readonly Option<string?> _training = new("--training") { Description = "The folder of the training whose curves are shown, or its history.csv; by default that beside a model.espalier.", HelpName = "FOLDER" };
    private readonly Option<string[]> _explain = new("--explain")
    {
        Description = "Photos, or folders of them, that are shown with what makes the network see its class in them; with --data also what each residual block adds.",
        HelpName = "PATH",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
    };

    private readonly Option<string?> _output = new("--output", "-o") { Description = "The HTML file to write.", HelpName = "OUT" };
    private readonly PreprocessingOptions _preprocessing = new();
    private readonly ClassOptions _classes = new();
    private readonly Option<int> _batch = CommonOptions.Batch(UsualBatch);
    private readonly Option<int> _threads = CommonOptions.Threads();
    private readonly ReportOptions _report = new();

    internal ReportVerb(CliContext context)
        : base(
            context,
            "report",
            "Writes one HTML file about a model: its graph, layers, ledger and training, the time of each layer with --time, its evaluation with --data, what it sees in photos with --explain, and a second model beside it with --against. The file needs no network and no other file.",
            "espalier report resnet50 -o resnet50.html",
            "espalier report flowers.espalier --data flowers/test --time -o flowers.html",
            "espalier report small.espalier --against flowers.espalier --data flowers/test -o small.html",
            "espalier report flowers.espalier --explain photos/ -o flowers.html",
            "espalier report runs/flowers -o flowers.html")
    {
        _model.AddTo(this);
        this.AddAll(_data, _limit, _time, _against, _againstWeights, _training, _explain, _output);
        _preprocessing.AddTo(this);
        DecodingOptions.AddTo(this);
        _classes.AddTo(this);
        this.AddAll(_batch, _threads);
        RuntimeOptions.AddTo(this);
        _report.AddTo(this);
    }

    private protected override int Run(ParseResult parsed)
    {
        string path = Output(parsed);
        Check(parsed);
        ModelSource source = _model.Read(parsed, Terminal);
        ModelSource? other = Against(parsed);
        string name = ModelNames.Of(source.Name);
        string? nameOfOther = null;
        if (other is not null)
        {
            (name, nameOfOther) = ModelNames.Of(source.Name, other.Name);
        }

        (Model model, ClassificationReport? evaluation) = Evaluate(parsed, source, name);
        var options = new ModelReportOptions
        {
            Name = name,
            Evaluation = evaluation,
            Training = parsed.GetValue(_training) is string training ? TrainingHistory.Read(training) : Beside(source),
            Time = parsed.GetValue(_time),
        };
        if (other is not null)
        {
            (Model second, ClassificationReport? evaluationOfOther) = Evaluate(parsed, other, nameOfOther!);
            options = options with { Against = new ReportedModel(second) { Name = nameOfOther, Evaluation = evaluationOfOther, Training = Beside(other) } };
        }

        options = options with { Explanations = Explain(parsed, model, options) };
        model.WriteReport(path, options, Context.Cancellation);
        _report.Show(parsed, Terminal, Report(model, options, path));
        return ExitCode.Success;
    }

    private string Output(ParseResult parsed)
    {
        string path = parsed.GetValue(_output) ?? throw new EspalierException("give the path of the report with -o OUT.html");
        return s_extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase) ? path : throw new EspalierException($"{path}: a report is an HTML file, expected the extension .html");
    }

    private void Check(ParseResult parsed)
    {
        RuntimeOptions.RequireCpu(parsed, _time, "measures the steps", "measure");
        bool hasData = parsed.GetValue(_data)!.Length > 0;
        if (!hasData && ((_classes.Rule(parsed) == ClassRule.Name ? null : _classes.Given(parsed)) ?? (parsed.GetResult(_limit) is null ? null : _limit.Name)) is string unmatched)
        {
            throw new EspalierException($"{unmatched} requires the images of --data; found none");
        }

        if (!hasData && parsed.GetValue(_explain)!.Length == 0 && (_classes.Given(parsed) ?? _preprocessing.Given(parsed) ?? DecodingOptions.Given(parsed)) is string stray)
        {
            throw new EspalierException($"{stray} requires images: those of --data or --explain; found none");
        }

        if (parsed.GetValue(_against) is null && parsed.GetValue(_againstWeights) is not null)
        {
            throw new EspalierException("--against-weights requires --against");
        }
    }

    private ModelSource? Against(ParseResult parsed) => parsed.GetValue(_against) is not string name ? null
        : new ModelSource(name) { Weights = parsed.GetValue(_againstWeights), Seed = ModelOptions.SeedOf(name, parsed.GetValue(_againstWeights), 0), Note = Terminal.Note };

    private static IReadOnlyList<EpochRecord> Beside(ModelSource source) => source.Weights is null ? TrainingHistory.Beside(source.Name) : [];

    /// <summary>Loads a model, and evaluates it where there is data.</summary>
    private (Model Model, ClassificationReport? Evaluation) Evaluate(ParseResult parsed, ModelSource source, string name)
    {
        Model model = source.Load();
        if (parsed.GetValue(_explain)!.Length > 0 || parsed.GetValue(_data)!.Length > 0)
        {
            model = _classes.Label(parsed, _preprocessing.Apply(parsed, model));
        }

        if (parsed.GetValue(_data) is not { Length: > 0 } paths)
        {
            return (model, null);
        }

        MatchedDataset images = _classes.OpenForEvaluation(parsed, ref model, paths, Terminal, DecodingOptions.Source(parsed));
        images = parsed.GetResult(_limit) is null ? images : images.Limit(parsed.GetValue(_limit));
        if (!source.HasTrainedWeights)
        {
            Terminal.Warn($"{source.Name} has random weights (seed {source.Seed}), so its evaluation is meaningless; --weights or --against-weights loads trained ones");
        }

        using var classifier = new ImageClassifier(model, new ImageClassifierOptions { Threads = parsed.GetValue(_threads), Batch = parsed.GetValue(_batch), Runtime = RuntimeOptions.Read(parsed) });
        ClassificationReport? evaluation = null;
        ProgressBar.Run(Terminal, $"evaluate {name}", images.Count, show => evaluation = classifier.Evaluate(images, null, new DirectProgress<int>(done => show(done)), Context.Cancellation));
        foreach (SampleFailure failure in evaluation!.Unreadable)
        {
            Terminal.Warn(failure.ToString());
        }

        new DataNotes(Terminal, images).Tell();
        return (model, evaluation);
    }

    /// <summary>What the networks see in the photos of --explain, a photo after the other.</summary>
    private List<ReportExplanation> Explain(ParseResult parsed, Model model, ModelReportOptions options)
    {
        if (parsed.GetValue(_explain) is not { Length: > 0 } paths)
        {
            return [];
        }

        var running = new ImageClassifierOptions { Threads = parsed.GetValue(_threads), Batch = parsed.GetValue(_batch), Decoding = DecodingOptions.Read(parsed), Runtime = RuntimeOptions.Read(parsed) };
        (Model Model, string Name)[] models = [(model, options.Name!), .. options.Against is { } second ? [(second.Model, second.Name!)] : Array.Empty<(Model, string)>()];
        var explanations = new ReportedExplanations(Context, running);
        explanations.AddPhotos(ImageFileDataset.OpenUnlabelled(paths, running.Decoding), models);
        if (parsed.GetValue(_data) is [string data, ..])
        {
            explanations.AddBlocks(data, models);
        }

        return explanations.All;
    }

    private static Report Report(Model model, ModelReportOptions options, string path)
    {
        long bytes = new FileInfo(path).Length;
        ReportedModel[] models = [new(model) { Name = options.Name, Evaluation = options.Evaluation, Training = options.Training }, .. options.Against is null ? (ReportedModel[])[] : [options.Against]];
        return new Report(new ReportObject
        {
            {
                "models", ReportTable.Of(models)
                    .Field("name", each => each.Name)
                    .Field("nodes", each => each.Model.Graph.Nodes.Length)
                    .Field("steps", each => each.Model.Metadata.Lineage.Count)
                    .Field("epochs", each => each.Training.Count)
                    .Field("images", each => each.Evaluation?.Count)
                    .Field("top1", each => each.Evaluation?.Accuracy)
                    .Field("loss", each => each.Evaluation?.Loss)
            },
            { "explanations", options.Explanations.Count },
            { "output", path },
            { "bytes", bytes },
        })
        {
            Text = [.. models.Select(each => (ReportPart)Line(each)), $"{path}: {Amount.Bytes(bytes)}"],
        };
    }

    private static string Line(ReportedModel model)
    {
        string training = model.Training.Count > 0 ? $", {model.Training.Count} epochs of training" : "";
        string evaluation = model.Evaluation is { } found ? $", top-1 {Amount.Percent(found.Accuracy)} of {Amount.Exact(found.Count)} images" : "";
        return $"{model.Name}: {model.Model.Graph.Nodes.Length} ops, {model.Model.Metadata.Lineage.Count} steps in the ledger{training}{evaluation}";
    }
}
