using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Espalier.Formats;

/// <summary>Guesses the renaming that a checkpoint needs, from names and shapes that line up in order.</summary>
internal static class RenameSuggestion
{
    private const int MostRules = 8; // more than a person would type

    /// <summary>Rules that turn the unexpected names into those that are absent; none unless they do so exactly.</summary>
    public static ImmutableArray<RenameRule> Find(IReadOnlyList<ExpectedTensor> expected, StateDict given, IReadOnlyList<string> unexpected)
    {
        List<ExpectedTensor> absent = [.. expected.Where(e => !given.TryGet(e.Name, out _))];
        if (absent.Count != unexpected.Count)
        {
            absent.RemoveAll(e => StateDictMatcher.IsBatchCounter(e.Name)); // an old checkpoint has none of them
        }

        if (absent.Count != unexpected.Count || absent.Where((w, i) => w.Shape != given[unexpected[i]].Shape).Any())
        {
            return [];
        }

        ImmutableArray<RenameRule> rules = [.. absent.Zip(unexpected, (w, f) => Rule(f, w.Name)).DistinctBy(r => r.Pattern)];
        return rules.Length <= MostRules && Solves(rules, absent, given, [.. unexpected]) ? rules : [];
    }

    /// <summary>Replaces the scopes that differ, between those at the front and at the back that agree.</summary>
    private static RenameRule Rule(string from, string to)
    {
        string[] old = from.Split('.');
        string[] changed = to.Split('.');
        int most = Math.Min(old.Length, changed.Length) - 1;
        int front = 0;
        while (front < most && old[front] == changed[front])
        {
            front++;
        }

        int back = 0;
        while (back < most - front && old[^(back + 1)] == changed[^(back + 1)])
        {
            back++;
        }

        string pattern = Regex.Escape(string.Join('.', old[front..^back]));
        return new RenameRule($@"(^|\.){pattern}(\.|$)", $"${{1}}{string.Join('.', changed[front..^back])}$2");
    }

    private static bool Solves(ImmutableArray<RenameRule> rules, List<ExpectedTensor> absent, StateDict given, HashSet<string> unexpected)
    {
        try
        {
            StateDict renamed = RenameRule.Apply(rules, given);
            return absent.TrueForAll(w => renamed.TryGet(w.Name, out Tensor? tensor) && tensor.Shape == w.Shape)
                && given.All(t => unexpected.Contains(t.Key) || (renamed.TryGet(t.Key, out Tensor? same) && ReferenceEquals(same, t.Value)));
        }
        catch (EspalierException)
        {
            return false;
        }
    }
}
