using Espalier.Data;
using Espalier.Graphs;
using Espalier.Imaging;
using Espalier.Models;
using Espalier.Surgery;
using Espalier.Tensors;
using Espalier.Training;
using TrainingData = Espalier.Data.TrainingData;

namespace Espalier;

/// <summary>Drawn shapes, and the small ResNet that learns to tell them apart.</summary>
internal sealed class ShapesTraining
{
    internal const string Network = "cifar_resnet14_b";
    internal const double LastSurvival = 0.9;
    private const string Blocks = "dbb=layer3"; // where most weights are; in all layers training takes twice as long
    private const int Side = 24; // the least at which all ten shapes are plain to see, times one and a half
    private const int BatchSize = 64;
    private const int Enlargement = 8; // of the pictures that are written: 24 pixels are a stamp

    private readonly ulong _seed;
    private readonly int _threads;
    private readonly MatchedTrainingData _data;

    /// <summary>Draws the pictures, and builds the network for them.</summary>
    /// <param name="seed">Of weights, order and draws.</param>
    /// <param name="threads">Threads that compute.</param>
    /// <param name="images">The number of training images; a fifth of this number is added for validation.</param>
    internal ShapesTraining(ulong seed, int threads, int images)
    {
        (_seed, _threads) = (seed, threads);
        TrainingData shapes = DataSource.Open(DataSource.Generated, new DataSourceOptions { GeneratedTraining = images, GeneratedValidation = images / 5, GeneratedSide = Side });
        var options = new ZooOptions { Classes = shapes.Training.Labels.Count, InputSize = new Size(Side, Side), Blocks = BlockChoice.Parse(Blocks) };
        (Model model, _data) = TrainingPictures.Name(Zoo.Create(Network, options).Initialize(seed), shapes);
        Untrained = model.Apply(new StochasticDepthWrap(new() { Survival = SurvivalRule.LinearDecay(LastSurvival) }));
    }

    /// <summary>The network before it has learnt anything: diverse branch blocks in the place of convolutions, and blocks that are left out at random while training.</summary>
    internal Model Untrained { get; }

    /// <summary>A training of the network.</summary>
    /// <param name="model">From where on.</param>
    /// <param name="epochs">Passes over the pictures.</param>
    /// <param name="rate">The greatest learning rate.</param>
    /// <param name="action">What the lineage calls it.</param>
    internal ImageTraining Training(Model model, int epochs, double rate, string action) =>
        new(model, _data, new ImageTrainingOptions { Training = Options(epochs, rate), Batch = BatchSize, Augmentation = Augmentation.None }) { Action = action, Source = DataSource.Generated };

    /// <summary>The share of pictures to measure on that a network is right about.</summary>
    internal double Accuracy(Model model, CancellationToken cancellation) =>
        new Validator(_data.Validation, InputPipeline.Of(model), _threads).Measure(model, cancellation).Accuracy;

    /// <summary>Asks the network about pictures that it has never seen, and writes them.</summary>
    /// <param name="model">The network.</param>
    /// <param name="count">How many pictures.</param>
    /// <param name="folder">Where they go.</param>
    internal ShapeAnswer[] Ask(Model model, int count, string folder)
    {
        var unseen = new GeneratedShapes(count, Side, new CounterRandom(_seed).Stream("demo").Bits(0));
        using var classifier = new ImageClassifier(model, new ImageClassifierOptions { Threads = _threads });
        var pixels = new PixelBuffer();
        var answers = new ShapeAnswer[count];
        for (int i = 0; i < count; i++)
        {
            unseen.Read(i, pixels);
            Image picture = pixels.ToImage();
            Prediction best = classifier.Classify(picture, 1)[0];
            string truth = unseen.Labels[unseen.LabelOf(i)];
            string file = Path.Combine(folder, $"{i}-{truth}.png");
            PngEncoder.Save(picture.Resize(Side * Enlargement), file);
            answers[i] = new ShapeAnswer(file, truth, best.Label, best.Probability);
        }

        return answers;
    }

    private TrainingOptions Options(int epochs, double rate) => new()
    {
        Epochs = epochs,
        Optimizer = new AdamWOptions { WeightDecay = 0.02 }, // learns these pictures in half the epochs that SGD takes
        LearningRate = rate,
        Schedule = new OneCycleSchedule(),
        Seed = _seed,
        Threads = _threads,
    };
}

/// <summary>What the network says about one picture.</summary>
/// <param name="File">The picture.</param>
/// <param name="Truth">What it shows.</param>
/// <param name="Answer">What the network takes it for.</param>
/// <param name="Probability">How sure it is.</param>
internal readonly record struct ShapeAnswer(string File, string Truth, string Answer, double Probability);
