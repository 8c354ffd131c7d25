namespace Espalier;

/// <summary>The printed options of a recovery, compared where settings were changed.</summary>
internal static class RecordedOptions
{
    /// <summary>The start of the line with class weights.</summary>
    internal const string ClassWeights = "class weights: ";

    // The member that prints each setting that a recovery may change.
    private static readonly Dictionary<string, string> s_members = new(StringComparer.Ordinal)
    {
        ["epochs"] = nameof(Training.TrainingOptions.Epochs),
        ["learning_rate"] = nameof(Training.TrainingOptions.LearningRate),
        ["schedule"] = nameof(Training.TrainingOptions.Schedule),
        ["optimizer"] = nameof(Training.TrainingOptions.Optimizer),
        ["patience"] = nameof(Training.TrainingOptions.Patience),
        ["mixing"] = nameof(Training.TrainingOptions.Mixing),
        ["pipeline"] = nameof(ImageTrainingOptions.Augmentation),
    };

    /// <summary>The text without the members that print some settings.</summary>
    internal static string Unchanged(string text, IReadOnlyCollection<string> settings)
    {
        string left = settings.Where(s_members.ContainsKey).Select(setting => s_members[setting]).Aggregate(text, Without);
        return settings.Contains("class_weights") ? string.Join('\n', left.Split('\n').Where(line => !line.StartsWith(ClassWeights, StringComparison.Ordinal))) : left;
    }

    /// <summary>Removes the first member of a name: its value ends at the next comma or brace that is not within braces of its own.</summary>
    private static string Without(string text, string member)
    {
        int start = text.IndexOf($" {member} = ", StringComparison.Ordinal);
        if (start < 0)
        {
            return text;
        }

        int depth = 0;
        for (int end = start; end < text.Length; end++)
        {
            depth += text[end] switch { '{' => 1, '}' => -1, _ => 0 };
            if (depth < 0 || (depth == 0 && text[end] == ','))
            {
                return text[..start] + text[(depth < 0 ? end : end + 1)..];
            }
        }

        return text[..start];
    }
}
