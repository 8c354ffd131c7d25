using Espalier.Data;

namespace Espalier.Cli;

/// <summary>The options of training and fine-tuning for the data, the folder and the run.</summary>
internal sealed class TrainingDataOptions
{
    private readonly Option<string> _data = new("--data")
    {
        Description = $"The data to train on: a folder with one folder of images per class, or with train and val that contain such folders; a folder of CIFAR or MNIST files; or '{DataSource.Generated}', the generated data set.",
        HelpName = "PATH",
        Required = true,
    };

    private readonly Option<string> _out = new("--out", "-o")
    {
        Description = "The folder for checkpoints, history (history.csv, curves.svg, TensorBoard's events) and the result (model.espalier).",
        HelpName = "FOLDER",
        Required = true,
    };

    private readonly Option<double> _share = DecimalOptions.Create("--validation-share", "The fraction of the images that is held back for validation, if the data has no validation set.", 0, 1, 0.1);
    private readonly Option<bool> _resume = new("--resume") { Description = "Resumes from the folder's checkpoint; the result is bit-identical to that of an uninterrupted run. The other options must be the same, except those of --change." };
    private readonly ChangeOptions _change = new();
    private readonly Option<UnreadableSamples> _unreadable = UnreadableOptions.Create();
    private readonly Option<int> _batch;
    private readonly Option<int> _threads = CommonOptions.Threads();
    private readonly Option<string?> _balance = new("--balance")
    {
        Description = "Makes up for classes with different numbers of images: 'weights' weighs them in the loss; 'sampling' shows images of smaller classes several times in an epoch, which becomes longer.",
        HelpName = "weights|sampling",
        CompletionSources = { "weights", "sampling" },
    };

    private readonly Option<string?> _weights = ClassWeightOptions.Create();
    private readonly bool _resumes;

    /// <param name="batch">The default of --batch.</param>
    /// <param name="resumes">Whether there is an option to resume.</param>
    internal TrainingDataOptions(int batch, bool resumes = true)
    {
        _batch = NumberOptions.Create("--batch", "Images in one step.", 1, 1 << 16, batch);
        _resumes = resumes;
    }

    internal void AddTo(Command command)
    {
        command.AddAll(_data, _out);
        if (_resumes)
        {
            command.Add(_resume);
            _change.AddTo(command);
        }

        command.AddAll(_batch, _threads, _share, SplitOptions.Create(), _balance, _weights, _unreadable);
        DecodingOptions.AddTo(command);
    }

    internal string Path(ParseResult parsed) => parsed.GetRequiredValue(_data);

    /// <summary>The name of the file or folder without its path, which is private and not recorded in the model.</summary>
    internal string Name(ParseResult parsed) => System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(Path(parsed)));

    internal string Folder(ParseResult parsed) => parsed.GetRequiredValue(_out);

    internal bool Resume(ParseResult parsed) => parsed.GetValue(_resume);

    internal int Threads(ParseResult parsed) => parsed.GetValue(_threads);

    /// <summary>The training options with those for the data, the folder and the run.</summary>
    internal ImageTrainingOptions Apply(ParseResult parsed, ImageTrainingOptions options) =>
        ClassWeightOptions.Apply(
            parsed.GetValue(_weights),
            options with { Folder = Folder(parsed), Resume = Resume(parsed), Changes = _resumes ? _change.Read(parsed, Resume(parsed)) : [], Balance = Balance(parsed), Batch = parsed.GetValue(_batch), Unreadable = UnreadableOptions.Read(parsed, _unreadable) });

    private ClassBalance Balance(ParseResult parsed) => parsed.GetValue(_balance) switch
    {
        null => ClassBalance.None,
        "weights" => ClassBalance.Weights,
        "sampling" => ClassBalance.Sampling,
        string other => throw new EspalierException($"--balance is weights or sampling, found '{other}'"),
    };

    /// <summary>Opens the data.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="side">Height and width in pixels of generated images.</param>
    internal TrainingData Open(ParseResult parsed, int side) =>
        DataSource.Open(Path(parsed), DecodingOptions.Source(parsed) with { ValidationShare = parsed.GetValue(_share), Stratified = SplitOptions.IsStratified(parsed), GeneratedSide = side });
}
