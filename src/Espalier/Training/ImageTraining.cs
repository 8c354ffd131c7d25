using Espalier.Data;
using Espalier.Graphs;
using Espalier.Models;
using Espalier.Surgery;
using Espalier.Tensors;
using Espalier.Training;

namespace Espalier;

/// <summary>A training run of an image classifier: a model, data whose classes are matched to its outputs, and a validation after each epoch.</summary>
/// <remarks>The result is a function of model, data and options. It is bit-identical for any number of threads, and however often the run was interrupted and resumed.</remarks>
public sealed class ImageTraining
{
    private readonly InputPipeline _augmented;
    private readonly InputPipeline _plain;

    /// <param name="model">The model, with the labels that the data was matched to.</param>
    /// <param name="data">The training set and the validation set.</param>
    /// <param name="options">The training options; <see langword="null"/> for the defaults.</param>
    internal ImageTraining(Model model, MatchedTrainingData data, ImageTrainingOptions options)
    {
        (Model, Data, Options, _plain) = (model, data, options, InputPipeline.Of(model));
        _augmented = options.Augmentation.Apply(_plain, data.Training);
    }

    /// <summary>The model before training.</summary>
    public Model Model { get; }

    /// <summary>The training set and the validation set.</summary>
    public MatchedTrainingData Data { get; }

    /// <summary>The training options.</summary>
    public ImageTrainingOptions Options { get; }

    /// <summary>Messages for users about assumptions made when classes were matched, and about the files of the data (<see cref="IDataset.Notes"/>).</summary>
    public IReadOnlyList<string> Notes => [.. Data.Notes, .. Data.Training.Notes.Union(Data.Validation.Notes)];

    /// <summary>The action that the lineage records.</summary>
    internal string Action { get; init; } = "finetune";

    /// <summary>The name of the data in the lineage.</summary>
    internal string Source { get; init; } = "";

    /// <summary>Prepares to train an architecture of the zoo from random weights, built for the classes and image size of the data.</summary>
    /// <param name="network">The name of the architecture, such as <c>cifar_resnet20</c>.</param>
    /// <param name="data">The path of the data, as for <see cref="DataSource.Open"/>: one folder of images per class, CIFAR or MNIST files, or <c>shapes</c> for generated images.</param>
    /// <param name="options">The training options; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range or <see langword="null"/>; the message names it.</exception>
    /// <exception cref="EspalierException">The architecture or the data does not exist, or options contradict each other.</exception>
    public static ImageTraining FromScratch(string network, string data, ImageTrainingOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(network);
        ArgumentException.ThrowIfNullOrEmpty(data);
        options ??= new ImageTrainingOptions();
        options.Require();
        ZooEntry entry = Zoo.Find(network);
        Graph usual = entry.Create().Graph;
        TrainingData opened = DataSource.Open(data, options.ToSource(options.Side ?? FeatureMap.Of(usual.ShapeOf(usual.Input.Name)).Height));
        (Model model, MatchedTrainingData matched) = TrainingPictures.Network(
            opened, options.Side, zoo => ModelLoader.Build(entry, zoo with { Blocks = options.Blocks, Residual = options.Residual, InputChannels = options.InputChannels }, null).Initialize(options.Training.Seed));
        return Prepare(model, matched, options, "train", data);
    }

    /// <summary>Prepares to fine-tune a trained model: on other data, for other classes (transfer learning), or for recovery after pruning. Masks are kept.</summary>
    /// <param name="model">The model.</param>
    /// <param name="data">The path of the data, as for <see cref="DataSource.Open"/>.</param>
    /// <param name="options">The training options. The default learning rate is for training from random weights; a tenth of it suits fine-tuning.</param>
    /// <exception cref="ArgumentException">An option is out of range or <see langword="null"/>; the message names it.</exception>
    /// <exception cref="EspalierException">The data does not exist, its classes do not match the model's and <see cref="ImageTrainingOptions.NewHead"/> is not set, the model has no preprocessing, or options contradict each other.</exception>
    public static ImageTraining FineTune(Model model, string data, ImageTrainingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrEmpty(data);
        options ??= new ImageTrainingOptions();
        options.Require();
        if (model.Metadata.Preprocessing is null)
        {
            throw new EspalierException("the model does not say how images become inputs: give it a Preprocessing, as with ModelSource.Preprocessing");
        }

        model = WithInput(ModelHistory.Begin(model, null, null, CancellationToken.None), options.Side, options.InputChannels);
        TrainingData opened = DataSource.Open(data, options.ToSource(FeatureMap.Of(model.Graph.ShapeOf(model.Graph.Input.Name)).Height));
        (model, string? note) = WithHead(model, opened.Training, options.NewHead, options.Classes, options.Training.Seed);
        MatchedTrainingData matched = ClassMatching.Match(ref model, opened, options.Classes);
        (model, string? ofNorms) = FreshNorms.Prepare(model, matched.Training, options);
        matched = matched with { Notes = [.. new[] { note, ofNorms }.OfType<string>(), .. matched.Notes] };
        return Prepare(ModelHistory.Complete(model), matched, options, "finetune", data);
    }

    /// <summary>Trains until all epochs are done, training is stopped early, or it is cancelled.</summary>
    /// <param name="progress">Receives a report after every step.</param>
    /// <param name="epochs">Receives the record of every finished epoch, including its validation.</param>
    /// <param name="cancellation">Ends the run after the current step; if there is a folder, a checkpoint is written first.</param>
    /// <returns>The best model, which is also saved in the folder, and the history.</returns>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    /// <exception cref="EspalierException">The data does not fit the model, the folder contains a training run and <see cref="ImageTrainingOptions.Resume"/> is not set, the loss is not finite, or a file cannot be read or written.</exception>
    public TrainingOutcome Run(IProgress<TrainingProgress>? progress = null, IProgress<EpochRecord>? epochs = null, CancellationToken cancellation = default)
    {
        using TrainingSession session = Begin(epochs is null ? null : epochs.Report);
        return session.Run(progress, cancellation);
    }

    /// <summary>The options of the loop, with the runtime that it uses.</summary>
    internal TrainingOptions Loop => Options.Training with
    {
        Runtime = Options.Training.Runtime ?? Runtimes.Cpu,
        Extensions = Options.HeadOnly ? [.. Options.Training.Extensions, FrozenScopes.AllButHead(Model)] : Options.Training.Extensions,
        Objective = Options.Balance.Weigh(Options.ClassWeights, Options.Training.Objective, Data.Training),
    };

    /// <summary>The same training with other options of its loop.</summary>
    internal ImageTraining With(TrainingOptions loop) => new(Model, Data, Options with { Training = loop }) { Action = Action, Source = Source };

    /// <summary>Locks the folder and prepares to train, from the checkpoint in the folder if <see cref="ImageTrainingOptions.Resume"/> is set.</summary>
    internal TrainingSession Begin(Action<EpochRecord>? epochFinished) =>
        new(this, _augmented, _plain, epochFinished);

    /// <summary>Checks, before a file is written, that the data fits the model and that no batch gives a norm a single value per channel.</summary>
    internal void Require()
    {
        using var trainer = new Trainer(Model, TrainingSession.Loader(this, _augmented), Loop);
    }

    /// <summary>Changes the input of a model to another size or number of channels if requested.</summary>
    internal static Model WithInput(Model model, int? side, int? channels)
    {
        FeatureMap input = FeatureMap.Of(model.Graph.ShapeOf(model.Graph.Input.Name));
        var replacement = new InputReplacement(channels ?? input.Channels, side is int pixels ? new Size(pixels, pixels) : input.Size);
        return replacement.Changes(model) ? replacement.Apply(model) : model;
    }

    /// <summary>Replaces the last layer of a model if requested, or if the model has no labels and another number of outputs than the data has classes. A network of features gets a classifier.</summary>
    /// <param name="model">The model.</param>
    /// <param name="data">The data to train on.</param>
    /// <param name="asked">Whether a new head is requested.</param>
    /// <param name="rule">The rule by which classes are matched otherwise.</param>
    /// <param name="seed">The random seed of the new weights.</param>
    internal static (Model Model, string? Note) WithHead(Model model, IDataset data, bool asked, ClassRule rule, ulong seed)
    {
        Node? head = HeadReplacement.Find(model.Graph, model.Metadata);
        if (!asked && head is not null && (model.Metadata.Labels.Count > 0 || OutputClasses.CountOf(model) == data.Labels.Count || rule != ClassRule.Name))
        {
            return (model, null);
        }

        string? note = head is null ? $"the network computes features, of shape {model.Graph.ShapeOf(model.Graph.Outputs[0])}: it gets a classifier"
            : asked ? null
            : $"the data has {data.Labels.Count} classes and the model {OutputClasses.CountOf(model)} outputs without labels: it gets a new last layer";
        return (new HeadReplacement(data.Labels.Count, seed).Apply(model, ValueList.From(data.Labels)), note);
    }

    private static ImageTraining Prepare(Model model, MatchedTrainingData data, ImageTrainingOptions options, string action, string path)
    {
        model = options.StochasticDepth is { } depth
            ? ModelHistory.Complete(model.ApplyAndRecord(new StochasticDepthWrap(depth with { Initialize = depth.Initialize ?? (definition => definition.Initialize(options.Training.Seed)) })))
            : model;
        return new ImageTraining(model, data, options) { Action = action, Source = Path.GetFileName(Path.TrimEndingDirectorySeparator(path)) };
    }
}
