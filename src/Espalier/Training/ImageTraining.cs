using Espalier.Data;
using Espalier.Graphs;
using Espalier.Models;
using Espalier.Surgery;
using Espalier.Tensors;
using Espalier.Training;

namespace Espalier;

/// <summary>A training that is ready to run: a model, data whose classes are its outputs, and a validation after each epoch.</summary>
/// <remarks>The result is a function of model, data and options: the same bits for any number of threads, and however often it was interrupted and resumed.</remarks>
public sealed class ImageTraining
{
    private readonly InputPipeline _augmented;
    private readonly InputPipeline _plain;

    /// <param name="model">The model, with the labels that the data was matched to.</param>
    /// <param name="data">What it learns from and what it is measured on.</param>
    /// <param name="options">How.</param>
    internal ImageTraining(Model model, MatchedTrainingData data, ImageTrainingOptions options)
    {
        (Model, Data, Options, _plain) = (model, data, options, InputPipeline.Of(model));
        _augmented = options.Augmentation.Apply(_plain, data.Training);
    }

    /// <summary>The model before the training.</summary>
    public Model Model { get; }

    /// <summary>What it learns from and what it is measured on.</summary>
    public MatchedTrainingData Data { get; }

    /// <summary>How it is trained.</summary>
    public ImageTrainingOptions Options { get; }

    /// <summary>What was assumed about the data's classes, for people.</summary>
    public IReadOnlyList<string> Notes => Data.Notes;

    /// <summary>What the lineage calls it.</summary>
    internal string Action { get; init; } = "finetune";

    /// <summary>What the lineage calls the data.</summary>
    internal string Source { get; init; } = "";

    /// <summary>A network of the zoo from random weights, built for the data's classes and image size.</summary>
    /// <param name="network">The network's name: <c>cifar_resnet20</c>.</param>
    /// <param name="data">The path of data as <see cref="DataSource.Open"/> takes it: a folder of images for each class, CIFAR or MNIST files, or <c>shapes</c>, which are drawn.</param>
    /// <param name="options">How.</param>
    /// <exception cref="ArgumentException">An option is out of range or <see langword="null"/>; the message names it.</exception>
    /// <exception cref="EspalierException">There is no such network or data, or options do not go together.</exception>
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
            opened, options.Side, zoo => ModelLoader.Build(entry, zoo with { Blocks = options.Blocks }, null).Initialize(options.Training.Seed));
        return Prepare(model, matched, options, "train", data);
    }

    /// <summary>A trained model further on other data, for other classes (transfer learning), or to recover from a pruning, whose masks hold.</summary>
    /// <param name="model">The model.</param>
    /// <param name="data">The path of data as <see cref="DataSource.Open"/> takes it.</param>
    /// <param name="options">How. The usual learning rate is for networks that know nothing yet; a tenth of it suits one that does.</param>
    /// <exception cref="ArgumentException">An option is out of range or <see langword="null"/>; the message names it.</exception>
    /// <exception cref="EspalierException">There is no such data, its classes are not the model's and no new head is asked for, or options do not go together.</exception>
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

        TrainingData opened = DataSource.Open(data, options.ToSource(FeatureMap.Of(model.Graph.ShapeOf(model.Graph.Input.Name)).Height));
        (model, string? note) = WithHead(ModelHistory.Begin(model, null, null, CancellationToken.None), opened.Training, options.NewHead, options.Classes, options.Training.Seed);
        MatchedTrainingData matched = ClassMatching.Match(ref model, opened, options.Classes);
        matched = note is null ? matched : matched with { Notes = [note, .. matched.Notes] };
        return Prepare(ModelHistory.Complete(model), matched, options, "finetune", data);
    }

    /// <summary>Trains to the end, or until it is cancelled.</summary>
    /// <param name="progress">Is told of every step.</param>
    /// <param name="epochs">Is told of every finished epoch, with its validation.</param>
    /// <param name="cancellation">Ends the run after the step under way; where there is a folder, a checkpoint is written first.</param>
    /// <returns>The best model, which is in the folder too, and the history.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="EspalierException">The data does not go with the model, the folder holds a training that is not to be resumed, the loss is no longer a number, or a file cannot be read or written.</exception>
    public TrainingOutcome Run(IProgress<TrainingProgress>? progress = null, IProgress<EpochRecord>? epochs = null, CancellationToken cancellation = default)
    {
        using TrainingSession session = Begin(epochs is null ? null : epochs.Report);
        return session.Run(progress, cancellation);
    }

    /// <summary>The options of the loop, with the runtime that it uses.</summary>
    internal TrainingOptions Loop => Options.Training with { Runtime = Options.Training.Runtime ?? Runtimes.Cpu };

    /// <summary>Locks the folder and makes ready to train, from the folder's checkpoint where that is asked for.</summary>
    internal TrainingSession Begin(Action<EpochRecord>? epochFinished) =>
        new(this, _augmented, _plain, epochFinished);

    /// <summary>Refuses, before anything is written, what no training could begin with: data that does not go with the model, or batches that leave a norm a single value.</summary>
    internal void Require()
    {
        using var trainer = new Trainer(Model, TrainingSession.Loader(this, _augmented), Loop);
    }

    /// <summary>A model with a new last layer where that is asked for, or where nothing tells which of its outputs the data's classes could be.</summary>
    /// <param name="model">The model.</param>
    /// <param name="data">What it is to learn from.</param>
    /// <param name="asked">Whether a new head is asked for.</param>
    /// <param name="rule">How classes are matched otherwise.</param>
    /// <param name="seed">What its weights are drawn from.</param>
    internal static (Model Model, string? Note) WithHead(Model model, IDataset data, bool asked, ClassRule rule, ulong seed)
    {
        int outputs = OutputClasses.CountOf(model);
        if (!asked && (model.Metadata.Labels.Count > 0 || outputs == data.Labels.Count || rule != ClassRule.Name))
        {
            return (model, null);
        }

        string? note = asked ? null : $"the data has {data.Labels.Count} classes and the model {outputs} outputs without labels: it gets a new last layer";
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
