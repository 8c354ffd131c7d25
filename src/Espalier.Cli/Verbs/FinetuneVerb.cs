using Espalier.Data;
using Espalier.Surgery;

namespace Espalier.Cli;

/// <summary>The verb <c>finetune</c>: trains a model further, or for other classes.</summary>
internal sealed class FinetuneVerb : Verb
{
    private const int UsualEpochs = 10;
    private const int UsualBatch = 64;
    private const double RateShare = 0.1; // trained weights need smaller steps

    private readonly ModelOptions _model = new();
    private readonly PreprocessingOptions _preprocessing = new();
    private readonly ClassOptions _classes = new("--head creates a new last layer for the data's classes");
    private readonly TrainingDataOptions _data = new(UsualBatch);
    private readonly TrainerOptions _flags = new(UsualEpochs, RateShare);
    private readonly AugmentOptions _augment = new();
    private readonly StochasticDepthOptions _depth = new();
    private readonly ParallelOptions _parallel = new();
    private readonly LedgerOptions _ledger = new();
    private readonly Option<bool> _json = CommonOptions.Json();
    private readonly WatchOption _watch = new();
    private readonly Option<bool> _head = new("--head") { Description = "Creates a new last layer for the data's classes. This is the default for a model without labels whose number of outputs differs." };
    private readonly Option<bool> _headOnly = new("--head-only") { Description = "Trains only the last layer, on the features that the others compute; they and their batch norms' statistics are not changed. It needs no gradients of the others, so that it is several times as fast." };
    private readonly Option<int> _side = NumberOptions.Create("--side", "Pixels of the input's side, where the network is to be fine-tuned at another resolution. Resizing keeps its proportion to the crop.", 8, 1 << 12, null);
    private readonly Option<int> _channels = InputOptions.Channels("Adapts the first convolutions to so many input channels: their weights are summed for 1 (gray), repeated and divided for more.");
    private readonly Option<bool> _norms = new("--fresh-norms") { Description = "Puts a batch norm after each convolution of a network whose norms were folded away, as in many ONNX files. They change nothing before the first step." };
    private readonly Option<bool> _zeros = MaskOptions.ZerosAsMasks();
    private readonly Option<string[]> _freeze = new("--freeze")
    {
        Description = "Scopes whose parameters and batch norm statistics are not changed: conv1 bn1 layer1.",
        HelpName = "SCOPE",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
    };

    internal FinetuneVerb(CliContext context)
        : base(
            context,
            "finetune",
            "Trains a model further: on other data, for other classes (transfer learning), or to recover from pruning (masked weights stay zero).",
            "espalier finetune resnet18 --weights \"$(espalier fetch resnet18)\" --data flowers/ --head --freeze conv1 bn1 layer1 layer2 -o runs/flowers",
            "espalier finetune \"$(espalier fetch resnet18_features)\" --data flowers/ --head-only -o runs/flowers",
            "espalier finetune resnet18 --weights resnet18.pth --data flowers/ --stochastic-depth 0.5,bypass:1x1 --depth-scope layer3 layer4 -o runs/deep",
            "espalier finetune pruned.espalier --data cifar10/ -o runs/recovered --epochs 5 --lr 0.01",
            "espalier finetune cifar_resnet20 --weights resnet20-12fca82f.th --data cifar10/ --head -o runs/head")
    {
        _model.AddTo(this);
        _data.AddTo(this);
        this.AddAll(_head, _headOnly, _side, _channels, _norms, _zeros, _freeze);
        _flags.AddTo(this);
        _parallel.AddTo(this);
        _augment.AddTo(this);
        _depth.AddTo(this);
        _preprocessing.AddTo(this);
        _classes.AddTo(this);
        _ledger.AddTo(this);
        Add(_json);
        _watch.AddTo(this);
    }

    private protected override int Run(ParseResult parsed)
    {
        ModelSource request = _model.Read(parsed, Terminal) with { NewHead = parsed.GetValue(_head) };
        Model model = _ledger.Begin(parsed, request.Load(), request, Context);
        model = parsed.GetValue(_zeros) ? model.MaskZeros() : model;
        string[] frozen = parsed.GetValue(_freeze)!;
        RequireScopes(model.Graph, frozen);
        if (frozen.Length > 0 && parsed.GetValue(_headOnly))
        {
            throw new EspalierException("--head-only freezes all other layers: omit --freeze");
        }

        ImageTrainingOptions options = _data.Apply(parsed, _flags.Teach(parsed, new ImageTrainingOptions
        {
            Training = _flags.Read(parsed, _model.Seed(parsed), _data.Threads(parsed), frozen),
            Augmentation = _augment.Read(parsed),
            FreshNorms = parsed.GetValue(_norms),
            HeadOnly = parsed.GetValue(_headOnly),
        }));
        model = ImageTraining.WithInput(model, parsed.Given(_side), parsed.Given(_channels));
        model = _classes.Label(parsed, _preprocessing.Apply(parsed, model));
        FeatureMap input = FeatureMap.Of(model.Graph.ShapeOf(model.Graph.Input.Name));
        TrainingData opened = _data.Open(parsed, input.Height);
        model = ModelHistory.Complete(Head(parsed, model, opened.Training, _model.Seed(parsed)));
        MatchedTrainingData data = _classes.Match(parsed, ref model, opened, Terminal);
        options = _parallel.Apply(parsed, Context, options, data.Training.Count);
        model = Norms(model, data.Training, options);
        model = ModelHistory.Complete(_depth.Apply(parsed, _flags.Prepare(parsed, model), _model.Seed(parsed)));
        var training = new ImageTraining(model, data, options) { Source = _data.Name(parsed) };
        bool json = parsed.GetValue(_json);
        var place = new TrainingOutput(CommandLine.Continuing(parsed), json ? Terminal.Error : Terminal.Out) { Ledger = outcome => _ledger.NoteTime(parsed, outcome, Context) };
        TrainingReport.Of(Terminal, _watch.Run(parsed, Context, training, place, ModelNames.Of(request.Name)), options.Folder!).Show(Terminal, json);
        return ExitCode.Success;
    }

    /// <summary>The model with a new last layer, if --head is given or the data's classes cannot be matched to its outputs.</summary>
    private Model Head(ParseResult parsed, Model model, IDataset data, ulong seed)
    {
        string? given = _classes.Given(parsed);
        bool asked = parsed.GetValue(_head);
        if (asked && given is not null)
        {
            throw new EspalierException($"--head creates a new last layer for the data's classes, so {given} does not apply; omit it");
        }

        if (given is not null)
        {
            return model;
        }

        (Model headed, string? note) = ImageTraining.WithHead(model, data, asked, ClassRule.Name, seed);
        if (note is not null)
        {
            Terminal.Note(asked ? note : $"{note}, as with --head");
        }

        return headed;
    }

    /// <summary>The model with new norms, if --fresh-norms is given.</summary>
    private Model Norms(Model model, IDataset images, ImageTrainingOptions options)
    {
        (Model prepared, string? note) = FreshNorms.Prepare(model, images, options);
        if (note is not null)
        {
            Terminal.Note(note);
        }

        return prepared;
    }

    private static void RequireScopes(Graph graph, string[] scopes)
    {
        foreach (string scope in scopes)
        {
            if (!graph.InScope(scope).Any())
            {
                IEnumerable<string> names = graph.Nodes.SelectMany(node => Scopes(node.Name)).Distinct();
                throw new EspalierException($"--freeze: the network has no scope '{scope}'{SimilarNames.Suggest(scope, names)}");
            }
        }
    }

    private static IEnumerable<string> Scopes(string name)
    {
        for (; name.Length > 0; name = ScopeName.Parent(name))
        {
            yield return name;
        }
    }
}
