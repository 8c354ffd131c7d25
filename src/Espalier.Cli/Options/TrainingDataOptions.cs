using Espalier.Data;
using Espalier.Training;

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
    private readonly Option<string[]> _change = new("--change")
    {
        Description = $"With --resume: settings that may differ from those of the checkpoint, such as epochs learning_rate; the lineage records what was changed. Possible are {string.Join(", ", TrainingSettings.Changeable)}.",
        HelpName = "SETTING",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
    };

    private readonly Option<UnreadableSamples> _unreadable = UnreadableOptions.Create();
    private readonly Option<int> _batch;
    private readonly Option<int> _threads = CommonOptions.Threads();
    private readonly Option<string?> _balance = new("--balance")
    {
        Description = "Makes up for classes with different numbers of images: 'weights' weighs them in the loss; 'sampling' shows images of smaller classes several times in an epoch, which becomes longer.",
        HelpName = "weights|sampling",
        CompletionSources = { "weights", "sampling" },
    };

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
        foreach (Option option in (Option[])[_data, _out, _resume, _change, _batch, _threads, _share, SplitOptions.Create(), _balance, _unreadable])
        {
            if ((option != _resume && option != _change) || _resumes)
            {
                command.Options.Add(option);
            }
        }

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
        options with { Folder = Folder(parsed), Resume = Resume(parsed), Changes = Changes(parsed), Balance = Balance(parsed), Batch = parsed.GetValue(_batch), Unreadable = UnreadableOptions.Read(parsed, _unreadable) };

    private ClassBalance Balance(ParseResult parsed) => parsed.GetValue(_balance) switch
    {
        null => ClassBalance.None,
        "weights" => ClassBalance.Weights,
        "sampling" => ClassBalance.Sampling,
        string other => throw new EspalierException($"--balance is weights or sampling, found '{other}'"),
    };

    /// <summary>The settings that --resume may change; other words for one, such as the option's name, are understood.</summary>
    private ValueList<string> Changes(ParseResult parsed)
    {
        string[] names = _resumes ? parsed.GetValue(_change)! : [];
        if (names.Length > 0 && !Resume(parsed))
        {
            throw new EspalierException("--change is about settings that --resume may change, which is not given");
        }

        return ValueList.From(names.SelectMany(name => name.Split(',', StringSplitOptions.RemoveEmptyEntries)).Select(Setting));
    }

    private static string Setting(string name)
    {
        string setting = name.TrimStart('-').Replace('-', '_') switch
        {
            "lr" => "learning_rate",
            "weight_decay" or "momentum" => "optimizer",
            "mixup" or "cutmix" => "mixing",
            "augment" => "pipeline",
            string other => other,
        };
        return TrainingSettings.Changeable.Contains(setting)
            ? setting
            : throw new EspalierException($"--change {name}: expected one of {string.Join(", ", TrainingSettings.Changeable)}{SimilarNames.Suggest(setting, TrainingSettings.Changeable)}");
    }

    /// <summary>Opens the data.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="side">Height and width in pixels of generated images.</param>
    internal TrainingData Open(ParseResult parsed, int side) =>
        DataSource.Open(Path(parsed), DecodingOptions.Source(parsed) with { ValidationShare = parsed.GetValue(_share), Stratified = SplitOptions.IsStratified(parsed), GeneratedSide = side });
}
