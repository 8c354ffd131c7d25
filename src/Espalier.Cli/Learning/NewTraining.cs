using Espalier.Data;
using Espalier.Models;

namespace Espalier.Cli;

/// <summary>Trainings of networks of the zoo from random weights: their options, and what they make of them. Equal options make equal trainings, whichever verb they were given to.</summary>
internal sealed class NewTraining
{
    private const int UsualEpochs = 30;
    private const int UsualBatch = 128;

    private readonly TrainingDataOptions _data;
    private readonly TrainerOptions _flags = new(UsualEpochs, rateShare: 1);
    private readonly AugmentOptions _augment = new();
    private readonly Option<int> _side = NumberOptions.Create("--side", "Pixels of an image's side, where the data's images have no one size.", 8, 1 << 12, null);
    private readonly Option<int> _channels = InputOptions.Channels("The network's input channels: 1 for gray images, 3 for colours. Those of the network unless given.");
    private readonly Option<ulong> _seed = CommonOptions.Seed();

    /// <param name="resumes">Whether resuming needs an option, or is automatic.</param>
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

    /// <summary>The data; drawn at a network's usual size, should it be drawn.</summary>
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

    /// <summary>A network for the data, with weights drawn from the seed, and the data with its outputs as classes.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="data">The data.</param>
    /// <param name="build">Builds it for classes and image size.</param>
    internal (Model Model, MatchedTrainingData Data) Network(ParseResult parsed, TrainingData data, Func<ZooOptions, NetworkDefinition> build) =>
        TrainingPictures.Network(data, parsed.Given(_side), options => _flags.Prepare(parsed, build(options with { InputChannels = parsed.Given(_channels) }).Initialize(Seed(parsed))));

    /// <summary>How a network is trained; reads the teacher, if one was asked for.</summary>
    internal ImageTrainingOptions Options(ParseResult parsed) => _data.Apply(parsed, _flags.Teach(parsed, new ImageTrainingOptions
    {
        Training = _flags.Read(parsed, Seed(parsed), _data.Threads(parsed), []),
        Augmentation = _augment.Read(parsed),
    }));

    /// <summary>The training of a network.</summary>
    internal ImageTraining Training(ParseResult parsed, Model model, MatchedTrainingData data, ImageTrainingOptions options) =>
        new(model, data, options) { Action = "train", Source = _data.Name(parsed) };
}
