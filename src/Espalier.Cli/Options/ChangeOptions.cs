using Espalier.Training;

namespace Espalier.Cli;

/// <summary>The option --change: the settings of a training that may differ when it is resumed.</summary>
internal sealed class ChangeOptions
{
    internal const string Name = "--change";

    private readonly Option<string[]> _change = new(Name)
    {
        Description = $"With --resume: settings that may differ from those of the checkpoint, such as epochs learning_rate; the lineage records what was changed. Possible are {string.Join(", ", TrainingSettings.Changeable)}.",
        HelpName = "SETTING",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
    };

    internal void AddTo(Command command) => command.Options.Add(_change);

    /// <summary>The settings; other words for one, such as the option's name, are understood.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="resumes">Whether a run is resumed, without which there is nothing to change.</param>
    internal ValueList<string> Read(ParseResult parsed, bool resumes)
    {
        string[] names = parsed.GetValue(_change)!;
        return names.Length == 0 || resumes
            ? ValueList.From(names.SelectMany(name => name.Split(',', StringSplitOptions.RemoveEmptyEntries)).Select(Setting))
            : throw new EspalierException($"{Name} is about settings that --resume may change, which is not given");
    }

    private static string Setting(string name)
    {
        string setting = name.TrimStart('-').Replace('-', '_') switch
        {
            "lr" => "learning_rate",
            "recover" => "epochs",
            "weight_decay" or "momentum" => "optimizer",
            "mixup" or "cutmix" => "mixing",
            "augment" => "pipeline",
            "balance" => "class_weights",
            string other => other,
        };
        return TrainingSettings.Changeable.Contains(setting)
            ? setting
            : throw new EspalierException($"{Name} {name}: expected one of {string.Join(", ", TrainingSettings.Changeable)}{SimilarNames.Suggest(setting, TrainingSettings.Changeable)}");
    }
}
