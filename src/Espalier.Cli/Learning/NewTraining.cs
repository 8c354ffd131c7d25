using Espalier.Data;
using Espalier.Models;

namespace Espalier.Cli;

/// <summary>The options of trainings from random weights, shared by verbs so that equal options give equal trainings.</summary>
internal sealed class NewTraining
{
    private const int UsualEpochs = 30;
    private const int UsualBatch = 128;

    private readonly TrainingDataOptions _data;
    private readonly TrainerOptions _flags = new(UsualEpochs, rateShare: 1);
    private readonly AugmentOptions _augment = new();
    private readonly Option<int> _side = NumberOptions.Create("--side", "Height and width in pixels of the network's input, if the images have different sizes.", 8, 1 << 12, null);
    private readonly Option<int> _channels = InputOptions.Channels("The network's input channels: 1 for gray images, 3 for colours. Those of the network unless given.");
    private readonly Option<ulong> _seed = CommonOptions.Seed();

    /// <param name="resumes">Whether there is an option to resume; otherwise resuming is automatic.</param>
    internal NewTraining(bool resumes) => _data = new TrainingDataOptions(UsualBatch, resumes);

    internal void AddTo(Command command)
    {
        _data.AddTo(command);
        _flags.AddTo(command);
        _augment.AddTo(command);
        command.AddAll(_side, _channels, _seed);
    }

    internal ulong Seed(ParseResult parsed) => parsed.GetValue(_seed);

    internal string Folder(ParseResult parsed) => _data.Folder(parsed);

    internal bool Resume(ParseResult parsed) => _data.Resume(parsed);

    /// <summary>Opens the data. Generated data has the network's usual input size.</summary>
    internal TrainingData Open(ParseResult parsed, ZooEntry entry, Terminal terminal)
    {
        Graph usual = entry.Create().Graph;
        TrainingData data = _data.Open(parsed, parsed.Given(_side) ?? FeatureMap.Of(usual.ShapeOf(usual.Input.Name)).Height);
        if (data.Note is string note)
        {
            terminal.Note(note);
        }

        return data;
    }

    /// <summary>The network for the data, with random weights, and the data with its classes matched to the network's outputs.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="data">The data.</param>
    /// <param name="build">Builds the network for a number of classes and an image size.</param>
    internal (Model Model, MatchedTrainingData Data) Network(ParseResult parsed, TrainingData data, Func<ZooOptions, NetworkDefinition> build) =>
        TrainingPictures.Network(data, parsed.Given(_side), options => _flags.Prepare(parsed, build(options with { InputChannels = parsed.Given(_channels) }).Initialize(Seed(parsed))));

    /// <summary>The training options; loads the teacher if --teacher is given.</summary>
    internal ImageTrainingOptions Options(ParseResult parsed) => _data.Apply(parsed, _flags.Teach(parsed, new ImageTrainingOptions
    {
        Training = _flags.Read(parsed, Seed(parsed), _data.Threads(parsed), []),
        Augmentation = _augment.Read(parsed),
    }));

    /// <summary>Creates the training of a network.</summary>
    internal ImageTraining Training(ParseResult parsed, Model model, MatchedTrainingData data, ImageTrainingOptions options) =>
        new(model, data, options) { Action = "train", Source = _data.Name(parsed) };
}
