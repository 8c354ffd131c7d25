using System.CommandLine;
using Espalier.Cli.Learning;
using Espalier.Cli.Ledger;
using Espalier.Cli.Models;
using Espalier.Cli.Options;
using Espalier.Cli.Output;
using Espalier.Data;
using Espalier.Data.Datasets;
using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Training;

namespace Espalier.Cli.Verbs;

/// <summary>Trains a model further, or for other classes.</summary>
internal sealed class FinetuneVerb : Verb
{
    private const int UsualEpochs = 10;
    private const int UsualBatch = 64;
    private const double RateShare = 0.1; // what has been learnt already is to be changed with care

    private readonly ModelOptions _model = new();
    private readonly PreprocessingOptions _preprocessing = new();
    private readonly TrainingDataOptions _data = new(UsualBatch);
    private readonly TrainingFlags _flags = new(UsualEpochs, RateShare);
    private readonly AugmentOption _augment = new();
    private readonly StochasticDepthOption _depth = new();
    private readonly LedgerOption _ledger = new();
    private readonly Option<bool> _json = CommonOptions.Json();
    private readonly Option<bool> _head = new("--head") { Description = "Begins with a new last layer, for the data's classes. It comes by itself where the number of classes differs." };
    private readonly Option<string[]> _freeze = new("--freeze")
    {
        Description = "Scopes whose parameters and batch norm statistics stay as they are: conv1 bn1 layer1.",
        HelpName = "SCOPE",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
    };

    internal FinetuneVerb(CliContext context)
        : base(
            context,
            "finetune",
            "Trains a model further: on other data, for other classes (transfer learning), or to recover from pruning, whose masks hold.",
            "espalier finetune resnet18 --weights \"$(espalier fetch resnet18)\" --data flowers/ --head --freeze conv1 bn1 layer1 layer2 -o runs/flowers",
            "espalier finetune resnet18 --weights resnet18.pth --data flowers/ --stochastic-depth 0.5,bypass:1x1 --depth-scope layer3 layer4 -o runs/deep",
            "espalier finetune pruned.espalier --data cifar10/ -o runs/recovered --epochs 5 --lr 0.01",
            "espalier finetune cifar_resnet20 --weights resnet20-12fca82f.th --data cifar10/ --head -o runs/head")
    {
        _model.AddTo(this);
        _data.AddTo(this);
        Add(_head);
        Add(_freeze);
        _flags.AddTo(this);
        _augment.AddTo(this);
        _depth.AddTo(this);
        _preprocessing.AddTo(this);
        _ledger.AddTo(this);
        Add(_json);
    }

    private protected override int Run(ParseResult parsed)
    {
        ModelRequest request = _model.Read(parsed);
        Model model = _ledger.Begin(parsed, ModelLoader.Load(request).Model, request, Context);
        model = model.With(model.Metadata with { Preprocessing = _preprocessing.Apply(parsed, model.Metadata.Preprocessing) });
        FeatureMap input = FeatureMap.Of(model.Graph.ShapeOf(model.Graph.Input.Name));
        TrainingData data = _data.Open(parsed, input.Height);
        model = LedgerOption.Complete(Head(model, data.Training, parsed.GetValue(_head), request.Seed));
        model = LedgerOption.Complete(_depth.Apply(parsed, _flags.Prepare(parsed, model), request.Seed));
        string[] frozen = parsed.GetValue(_freeze)!;
        RequireScopes(model.Graph, frozen);
        using Teacher? teacher = _flags.Teacher(parsed, _data.Threads(parsed));
        InputPipeline plain = TrainingPictures.Plain(model);
        var job = new TrainingJob(Context, model, data.Training, data.Validation, _augment.Apply(parsed, plain, data.Training), plain)
        {
            Folder = _data.Folder(parsed),
            Options = _flags.Read(parsed, request.Seed, _data.Threads(parsed), frozen) with { Distillation = _flags.Distillation(parsed, teacher) },
            Batch = _data.Batch(parsed),
            Unreadable = _data.Unreadable(parsed),
            Resume = _data.Resume(parsed),
            Action = "finetune",
            Source = _data.Name(parsed),
            Ledger = outcome => _ledger.NoteTime(parsed, outcome, Context),
            Continuation = CommandLine.Continuing(parsed),
            Lines = parsed.GetValue(_json) ? Terminal.Error : Terminal.Out,
        };
        TrainingReport.Show(Terminal, job.Run(), job.Folder, parsed.GetValue(_json));
        return ExitCode.Success;
    }

    private Model Head(Model model, IDataset data, bool asked, ulong seed)
    {
        int classes = model.Graph.ShapeOf(model.Graph.Outputs[0])[0];
        if (!asked && classes == data.Labels.Count)
        {
            return model;
        }

        if (!asked)
        {
            Terminal.Note($"the data has {data.Labels.Count} classes and the network tells {classes} apart: it gets a new last layer");
        }

        return new HeadReplacement(data.Labels.Count, seed).Apply(model, ValueList.From(data.Labels));
    }

    private static void RequireScopes(Graph graph, string[] scopes)
    {
        foreach (string scope in scopes)
        {
            if (!graph.InScope(scope).Any())
            {
                IEnumerable<string> names = graph.Nodes.SelectMany(node => Scopes(node.Name)).Distinct();
                throw new EspalierException($"--freeze: the network has no scope '{scope}'{NearMatches.Suggest(scope, names)}");
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
