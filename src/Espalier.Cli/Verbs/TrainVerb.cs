using System.CommandLine;
using Espalier.Cli.Learning;
using Espalier.Cli.Options;
using Espalier.Cli.Output;
using Espalier.Data;
using Espalier.Data.Datasets;
using Espalier.Graphs;
using Espalier.Inference;
using Espalier.Models;

namespace Espalier.Cli.Verbs;

/// <summary>Trains a network of the zoo from scratch.</summary>
internal sealed class TrainVerb : Verb
{
    private const int UsualEpochs = 30;
    private const int UsualBatch = 128;

    private readonly Argument<string> _network = new("ARCH") { Description = "A network of the zoo (see 'espalier models'). It is built for the data's classes and image size." };
    private readonly TrainingDataOptions _data = new(UsualBatch);
    private readonly TrainingFlags _flags = new(UsualEpochs, rateShare: 1);
    private readonly AugmentOption _augment = new();
    private readonly BlockOptions _blocks = new();
    private readonly Option<bool> _json = CommonOptions.Json();
    private readonly Option<int> _side = NumberOption.Create("--side", "Pixels of an image's side, where the data's images have no one size.", 8, 1 << 12, null);
    private readonly StochasticDepthOption _depth = new();
    private readonly Option<ulong> _seed = CommonOptions.Seed();

    internal TrainVerb(CliContext context)
        : base(
            context,
            "train",
            "Trains a network from random weights: epochs with a validation after each, checkpoints, a history, the best model. The result depends on the options and the seed alone, not on threads or interruptions.",
            "espalier train cifar_resnet20 --data shapes -o runs/shapes --epochs 5",
            "espalier train cifar_resnet56 --data cifar10/ -o runs/r56 --epochs 160 --schedule milestones:80,120 --weight-decay 1e-4",
            "espalier train cifar_resnet56 --data cifar10/ -o runs/r56 --epochs 160 --schedule milestones:80,120 --weight-decay 1e-4 --resume",
            "espalier train cifar_resnet110 --data cifar10/ -o runs/r110 --stochastic-depth 0.5",
            "espalier train cifar_resnet20 --block dbb --data cifar10/ -o runs/dbb",
            "espalier train resnet18 --data flowers/ -o runs/flowers --optimizer adamw --warmup 5 --mixup 0.2 --label-smoothing 0.1 --ema 0.999")
    {
        Add(_network);
        _data.AddTo(this);
        _flags.AddTo(this);
        _augment.AddTo(this);
        _blocks.AddTo(this);
        Add(_side);
        _depth.AddTo(this);
        Add(_seed);
        Add(_json);
    }

    private protected override int Run(ParseResult parsed)
    {
        ZooEntry entry = Zoo.Find(parsed.GetRequiredValue(_network));
        Graph usual = entry.Create().Graph;
        TrainingData data = _data.Open(parsed, parsed.Given(_side) ?? FeatureMap.Of(usual.ShapeOf(usual.Input.Name)).Height);
        Size? size = parsed.Given(_side) is int side ? new Size(side, side) : TrainingPictures.SizeOf(data.Training);
        ulong seed = parsed.GetValue(_seed);
        Model model = BlockOptions.Build(entry, new ZooOptions { Classes = data.Training.Labels.Count, InputSize = size, Blocks = _blocks.Read(parsed) }, Terminal.Note).Initialize(seed);
        model = TrainingPictures.WithLabels(TrainingPictures.WithPreprocessing(model), data.Training);
        model = _depth.Apply(parsed, model, seed);
        using Predictor? teacher = _flags.Teacher(parsed, _data.Threads(parsed));
        InputPipeline plain = TrainingPictures.Plain(model);
        var job = new TrainingJob(Context, model, data.Training, data.Validation, _augment.Apply(parsed, plain, data.Training), plain)
        {
            Folder = _data.Folder(parsed),
            Options = _flags.Read(parsed, seed, _data.Threads(parsed), []) with { Distillation = _flags.Distillation(parsed, teacher) },
            Batch = _data.Batch(parsed),
            Resume = _data.Resume(parsed),
            Action = "train",
            Continuation = CommandLine.Continuing(parsed),
            Lines = parsed.GetValue(_json) ? Terminal.Error : Terminal.Out,
        };
        TrainingReport.Show(Terminal, job.Run(), job.Folder, parsed.GetValue(_json));
        return ExitCode.Success;
    }
}
