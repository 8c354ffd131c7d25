namespace Espalier.Graphs;

/// <summary>Suggests names similar to one that was not found.</summary>
internal static class SimilarNames
{
    private const int Shown = 4;
    private const int ShortestBeginning = 4;
    private const int LongestCompared = 100; // longer names are similar to none; this limits the time

    /// <summary>The names most similar to <paramref name="typed"/>, best first; none when no name is similar.</summary>
    public static IReadOnlyList<string> Find(string typed, IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(typed);
        ArgumentNullException.ThrowIfNull(names);
        if (typed.Length > LongestCompared)
        {
            return [];
        }

        int tolerated = Math.Max(2, typed.Length / 3); // up to a third of the letters may differ
        return [.. names
            .Select(name => (Name: name, Distance: Distance(Normalize(typed), Normalize(name))))
            .Where(match => match.Distance <= tolerated || IsBeginning(typed, match.Name))
            .OrderBy(match => match.Distance)
            .ThenBy(match => match.Name, StringComparer.Ordinal)
            .Take(Shown)
            .Select(match => match.Name)];
    }

    /// <summary>The same as the end of a sentence, such as <c>; did you mean resnet50 or resnet152?</c>, or an empty text.</summary>
    public static string Suggest(string typed, IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(typed);
        ArgumentNullException.ThrowIfNull(names);
        IReadOnlyList<string> near = Find(typed, names);
        return near.Count switch
        {
            0 => "",
            1 => $"; did you mean {near[0]}?",
            _ => $"; did you mean {string.Join(", ", near.SkipLast(1))} or {near[^1]}?",
        };
    }

    /// <summary>Whether a name continues what was typed, such as <c>densenet121</c> for <c>densenet</c>.</summary>
    private static bool IsBeginning(string typed, string name) => typed.Length >= ShortestBeginning && Normalize(name).StartsWith(Normalize(typed), StringComparison.Ordinal);

    /// <summary>Removes hyphens, underscores and case, so that ResNet-50, resnet_50 and resnet50 are equal.</summary>
    private static string Normalize(string name) => name.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();

    /// <summary>Number of insertions, deletions and substitutions between two words (Levenshtein 1966).</summary>
    private static int Distance(string a, string b)
    {
        int[] above = [.. Enumerable.Range(0, b.Length + 1)];
        foreach ((int i, char c) in a.Index())
        {
            int[] row = new int[b.Length + 1];
            row[0] = i + 1;
            for (int j = 0; j < b.Length; j++)
            {
                int substitution = above[j] + (c == b[j] ? 0 : 1);
                row[j + 1] = Math.Min(substitution, Math.Min(above[j + 1], row[j]) + 1);
            }

            above = row;
        }

        return above[^1];
    }
}
