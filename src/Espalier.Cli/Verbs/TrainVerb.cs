using Espalier.Data;
using Espalier.Models;
using Espalier.Training;

namespace Espalier.Cli;

/// <summary>The verb <c>train</c>: trains a network of the zoo from random weights.</summary>
internal sealed class TrainVerb : Verb
{
    private readonly Argument<string> _network = new("ARCH") { Description = "A network of the zoo (see 'espalier models'). It is built for the data's classes and image size." };
    private readonly NewTraining _training = new(resumes: true);
    private readonly BlockOptions _blocks = new();
    private readonly ResidualOptions _residual = new();
    private readonly StochasticDepthOptions _depth = new();
    private readonly ParallelOptions _parallel = new();
    private readonly LedgerOptions _ledger = new();
    private readonly Option<bool> _json = CommonOptions.Json();
    private readonly WatchOption _watch = new();

    internal TrainVerb(CliContext context)
        : base(
            context,
            "train",
            "Trains a network from random weights: validates after each epoch, writes checkpoints, a history and the best model. The result depends only on the options and the seed, not on threads or interruptions.",
            "espalier train cifar_resnet20 --data shapes -o runs/shapes --epochs 5",
            "espalier train cifar_resnet56 --data cifar10/ -o runs/r56 --epochs 160 --schedule milestones:80,120 --weight-decay 1e-4",
            "espalier train cifar_resnet56 --data cifar10/ -o runs/r56 --epochs 160 --schedule milestones:80,120 --weight-decay 1e-4 --resume",
            "espalier train cifar_resnet110 --data cifar10/ -o runs/r110 --stochastic-depth 0.5",
            "mpiexec -n 4 espalier train resnet50 --data imagenet/ -o runs/r50 --batch 256 --sync-bn",
            "espalier train cifar_resnet20 --block dbb --data cifar10/ -o runs/dbb",
            "espalier train resnet18 --stem deep --shortcut average-pool --attention se --data flowers/ -o runs/se",
            "espalier train resnet18 --data flowers/ -o runs/flowers --optimizer adamw --warmup 5 --mixup 0.2 --label-smoothing 0.1 --ema 0.999")
    {
        Add(_network);
        _training.AddTo(this);
        _parallel.AddTo(this);
        _blocks.AddTo(this);
        _residual.AddTo(this);
        _depth.AddTo(this);
        _ledger.AddTo(this);
        Add(_json);
        _watch.AddTo(this);
    }

    private protected override int Run(ParseResult parsed)
    {
        ZooEntry entry = Zoo.Find(parsed.GetRequiredValue(_network));
        TrainingData data = _training.Open(parsed, entry, Terminal);
        (Model model, MatchedTrainingData matched) = _training.Network(parsed, data, options => ModelLoader.Build(entry, options with { Blocks = _blocks.Read(parsed), Residual = _residual.Read(parsed) }, Terminal.Note));
        model = ModelHistory.Complete(_depth.Apply(parsed, ModelHistory.Complete(model), _training.Seed(parsed)));
        ImageTrainingOptions options = _parallel.Apply(parsed, Context, _training.Options(parsed), matched.Training.Count);
        bool json = parsed.GetValue(_json);
        var place = new TrainingOutput(CommandLine.Continuing(parsed), json ? Terminal.Error : Terminal.Out) { Ledger = outcome => _ledger.NoteTime(parsed, outcome, Context) };
        TrainingOutcome outcome = _watch.Run(parsed, Context, _training.Training(parsed, model, matched, options), place, entry.Name);
        TrainingReport.Of(Terminal, outcome, options.Folder!).Show(Terminal, json);
        return ExitCode.Success;
    }
}
