using Espalier.Graphs;

namespace Espalier;

/// <summary>One step of a model's lineage.</summary>
/// <param name="Number">The number of the step, from 1.</param>
/// <param name="Entry">The lineage entry.</param>
/// <param name="Figures">The figures of the model after the step, or <see langword="null"/> if they were not recorded, as by earlier versions.</param>
public sealed record LedgerStep(int Number, LineageEntry Entry, ModelFigures? Figures)
{
    // The settings that distinguish steps with the same action, in the order in which they are shown.
    private static readonly string[] Telling =
    [
        "granularity", "method", "pattern", "amount", "removed_channels", "scope", "with", "survival", "choice", "block", "epochs", "source", "observer",
        "merges", "remove_residuals", "remove", "undo", "classes", "from", "changes",
    ];

    private const int LongestText = 28; // characters of one setting; lists of many layers are shown by --json only

    /// <summary>The steps of a model's lineage.</summary>
    internal static LedgerStep[] Of(ModelMetadata metadata) => [.. metadata.Lineage.Select((entry, i) => new LedgerStep(i + 1, entry, ModelFigures.Of(entry)))];

    /// <summary>The settings that distinguish the step from others with the same action, such as <c>weights magnitude 80%</c>.</summary>
    public string Details => string.Join(' ', Telling.Select(Describe).Where(text => text.Length > 0));

    /// <summary>The label of the step in charts, such as <c>3 prune</c>.</summary>
    public string Label => $"{Number} {Entry.Action}";

    private string Describe(string name)
    {
        foreach (LineageSetting setting in Entry.Settings)
        {
            if (setting.Name == name && setting.Value.Length > 0 && !IsUsual(setting))
            {
                string text = setting.Value.Length > LongestText ? $"{setting.Value[..LongestText]}…" : setting.Value;
                string words = name.Replace('_', ' ');
                return setting.Value == "true" ? words : !IsCount(name) ? text : setting.Value == "1" ? $"1 {words[..^1]}" : $"{text} {words}";
            }
        }

        return "";
    }

    private static bool IsCount(string name) => name is "merges" or "epochs" or "classes" or "changes" or "removed_channels";

    private static bool IsUsual(LineageSetting setting) => setting is { Name: "pattern", Value: "element" };
}
