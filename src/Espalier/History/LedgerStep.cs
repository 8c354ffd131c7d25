using Espalier.Graphs;

namespace Espalier;

/// <summary>One step of what was done to a model.</summary>
/// <param name="Number">From 1 on.</param>
/// <param name="Entry">What was done.</param>
/// <param name="Figures">The model afterwards, or <see langword="null"/> where nobody noted it, as older programs did not.</param>
public sealed record LedgerStep(int Number, LineageEntry Entry, ModelFigures? Figures)
{
    // What tells one step from another of its kind, in the order in which people say it.
    private static readonly string[] Telling =
    [
        "granularity", "method", "pattern", "amount", "removed_channels", "scope", "with", "survival", "choice", "block", "epochs", "source",
        "merges", "remove_residuals", "remove", "undo", "classes", "from", "changes",
    ];

    private const int LongestText = 28; // of one setting: names of many layers belong into --json

    /// <summary>The steps of a model's lineage.</summary>
    internal static LedgerStep[] Of(ModelMetadata metadata) => [.. metadata.Lineage.Select((entry, i) => new LedgerStep(i + 1, entry, ModelFigures.Of(entry)))];

    /// <summary>What tells the step from others of its kind: <c>weights magnitude 80%</c>.</summary>
    public string Details => string.Join(' ', Telling.Select(Describe).Where(text => text.Length > 0));

    /// <summary>The step's name in a chart: <c>3 prune</c>.</summary>
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
