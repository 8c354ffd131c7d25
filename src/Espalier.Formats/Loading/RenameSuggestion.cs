using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Espalier.Formats;

/// <summary>Suggests renaming rules for a checkpoint whose tensors match the expected ones in order and shape.</summary>
internal static class RenameSuggestion
{
    private const int MostRules = 8; // more would be too many to type

    /// <summary>Rules that turn the unexpected names into the missing ones; none unless they match exactly.</summary>
    public static ImmutableArray<RenameRule> Find(IReadOnlyList<ExpectedTensor> expected, StateDict given, IReadOnlyList<string> unexpected)
    {
        List<ExpectedTensor> absent = [.. expected.Where(e => !given.TryGet(e.Name, out _))];
        if (absent.Count != unexpected.Count)
        {
            absent.RemoveAll(e => StateDictMatcher.IsBatchCounter(e.Name)); // checkpoints of PyTorch before 0.4.1 have none
        }

        if (absent.Count != unexpected.Count || absent.Where((w, i) => w.Shape != given[unexpected[i]].Shape).Any())
        {
            return [];
        }

        ImmutableArray<RenameRule> rules = [.. absent.Zip(unexpected, (w, f) => Rule(f, w.Name)).DistinctBy(r => r.Pattern)];
        return rules.Length <= MostRules && Solves(rules, absent, given, [.. unexpected]) ? rules : [];
    }

    /// <summary>Replaces the scopes that differ, between the equal ones at the front and at the back.</summary>
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
