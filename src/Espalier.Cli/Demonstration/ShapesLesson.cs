using Espalier.Cli.Learning;
using Espalier.Data;
using Espalier.Data.Datasets;
using Espalier.Graphs;
using Espalier.Imaging;
using Espalier.Inference;
using Espalier.Models;
using Espalier.Surgery;
using Espalier.Tensors;
using Espalier.Training;

namespace Espalier.Cli.Demonstration;

/// <summary>A small ResNet with stochastic depth learns to tell drawn shapes apart.</summary>
/// <param name="context">Where to print, and when to stop.</param>
/// <param name="seed">Of weights, order and draws.</param>
/// <param name="threads">Threads that compute.</param>
internal sealed class ShapesLesson(CliContext context, ulong seed, int threads)
{
    internal const string Network = "cifar_resnet14";
    internal const double LastSurvival = 0.9;
    private const int Side = 24; // the least at which all ten shapes are plain to see, times one and a half
    private const int BatchSize = 64;
    private const int Enlargement = 8; // of the pictures that are written: 24 pixels are a stamp
    private const double LearningRate = 0.05;

    /// <summary>Learns.</summary>
    /// <param name="images">Pictures to learn from; a fifth as many are measured on.</param>
    /// <param name="epochs">Passes over them.</param>
    /// <param name="lines">Where epochs are told.</param>
    internal TrainingOutcome Learn(int images, int epochs, TextWriter lines)
    {
        TrainingData data = DataSource.Open(DataSource.Generated, new DataSourceOptions { GeneratedTraining = images, GeneratedValidation = images / 5, GeneratedSide = Side });
        var options = new ZooOptions { Classes = data.Training.Labels.Count, InputSize = new Graphs.Size(Side, Side) };
        Model model = TrainingPictures.WithLabels(Zoo.Create(Network, options).Initialize(seed), data.Training).Apply(new StochasticDepthWrap(new() { Survival = SurvivalRule.LinearDecay(LastSurvival) }));
        InputPipeline pipeline = TrainingPictures.Plain(model);
        var loader = new DataLoader(data.Training, pipeline, new DataLoaderOptions { BatchSize = Math.Min(BatchSize, images), Shuffle = true, DropLast = true, Seed = seed });
        var display = new TrainingDisplay(context.Terminal, lines);
        using var trainer = new Trainer(model, loader, Options(epochs))
        {
            Validate = new Validator(data.Validation, pipeline, threads).Measure,
            EpochFinished = epoch => display.Epoch(epoch, epochs),
        };
        TrainingOutcome? outcome = null;
        display.Run((long)epochs * loader.BatchesPerEpoch, () => outcome = trainer.Run(display, context.Cancellation));
        return outcome!;
    }

    /// <summary>Asks the network about pictures that it has never seen, and writes them.</summary>
    /// <param name="model">The network.</param>
    /// <param name="count">How many pictures.</param>
    /// <param name="folder">Where they go.</param>
    internal ShapeAnswer[] Ask(Model model, int count, string folder)
    {
        var unseen = new GeneratedShapes(count, Side, new CounterRandom(seed).Stream("demo").Bits(0));
        InputPipeline pipeline = TrainingPictures.Plain(model);
        using var predictor = new Predictor(model, new PredictorOptions { Threads = threads });
        var pixels = new PixelBuffer();
        var answers = new ShapeAnswer[count];
        for (int i = 0; i < count; i++)
        {
            unseen.Read(i, pixels);
            Image picture = pixels.ToImage();
            Tensor input = pipeline.Run(picture);
            Prediction best = Prediction.Top(predictor.Run(input.Reshape(input.Shape.Prepend(1))).Read<float>(), 1, model.Metadata.Labels)[0];
            string truth = unseen.Labels[unseen.LabelOf(i)];
            string file = Path.Combine(folder, $"{i}-{truth}.png");
            PngEncoder.Save(picture.Resize(Side * Enlargement), file);
            answers[i] = new ShapeAnswer(file, truth, best.Label, best.Probability);
        }

        return answers;
    }

    private TrainingOptions Options(int epochs) => new()
    {
        Epochs = epochs,
        Optimizer = new SgdOptions { Nesterov = true, WeightDecay = 5e-4 },
        LearningRate = LearningRate,
        Schedule = new OneCycleSchedule(),
        Seed = seed,
        Threads = threads,
    };
}
