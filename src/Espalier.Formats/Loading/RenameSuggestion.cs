using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Espalier.Formats;

/// <summary>Suggests renaming rules for a checkpoint whose tensors match the missing ones in kind, order and shape.</summary>
/// <remarks>
/// A prefix that all names have, or lack, is one rule. Otherwise tensors are paired by the last part of their names (weight with weight, bias with bias) in order,
/// since modules are saved in order but a module's own tensors need not be: pruning in PyTorch moves weights behind biases. Rules are suggested
/// only where they give every tensor the name of its pair and leave all others alone.
/// </remarks>
internal static class RenameSuggestion
{
    private const int MostRules = 8; // more would be too many to type

    /// <summary>Rules that turn the unexpected names into the missing ones; none unless they match exactly.</summary>
    public static ImmutableArray<RenameRule> Find(IReadOnlyList<ExpectedTensor> expected, StateDict given, IReadOnlyList<string> unexpected)
    {
        List<ExpectedTensor> absent = [.. expected.Where(e => !given.TryGet(e.Name, out _))];
        if (absent.Count != unexpected.Count)
        {
            // Checkpoints of PyTorch before 0.4.1 have no counters: they are missing and remain so.
            absent.RemoveAll(e => StateDictMatcher.IsBatchCounter(e.Name));
        }

        if (absent.Count != unexpected.Count || absent.Count == 0)
        {
            return [];
        }

        return Prefix(absent, given, unexpected) is { } prefix ? [prefix] : Pairwise(absent, given, unexpected);
    }

    /// <summary>One rule that removes a prefix from all names, or adds one.</summary>
    private static RenameRule? Prefix(List<ExpectedTensor> absent, StateDict given, IReadOnlyList<string> unexpected)
    {
        Dictionary<string, string> Pairs(Func<string, string> rename) => unexpected.ToDictionary(name => name, rename);
        foreach (string prefix in ScopesOf(unexpected[0]).Where(scope => unexpected.All(name => name.StartsWith(scope, StringComparison.Ordinal))))
        {
            var rule = new RenameRule($"^{Regex.Escape(prefix)}", "");
            if (Solves([rule], Pairs(name => name[prefix.Length..]), absent, given))
            {
                return rule;
            }
        }

        foreach (string prefix in ScopesOf(absent[0].Name).Where(scope => absent.TrueForAll(want => want.Name.StartsWith(scope, StringComparison.Ordinal))))
        {
            var rule = new RenameRule("^", prefix.Replace("$", "$$", StringComparison.Ordinal));
            if (Solves([rule], Pairs(name => prefix + name), absent, given))
            {
                return rule;
            }
        }

        return null;
    }

    private static ImmutableArray<RenameRule> Pairwise(List<ExpectedTensor> absent, StateDict given, IReadOnlyList<string> unexpected)
    {
        var pairs = new Dictionary<string, string>();
        ILookup<string, ExpectedTensor> wanted = absent.ToLookup(want => LastPart(want.Name));
        foreach (IGrouping<string, string> kind in unexpected.GroupBy(LastPart))
        {
            ExpectedTensor[] same = [.. wanted[kind.Key]];
            if (same.Length != kind.Count())
            {
                return [];
            }

            foreach ((string name, ExpectedTensor want) in kind.Zip(same))
            {
                pairs.Add(name, want.Name);
            }
        }

        ImmutableArray<RenameRule> rules = [.. unexpected.Select(name => Rule(name, pairs[name])).DistinctBy(rule => rule.Pattern)];
        return rules.Length <= MostRules && Solves(rules, pairs, absent, given) ? rules : [];
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

    /// <summary>Whether the rules give each tensor the name of its pair, which has its shape, and leave all other names alone.</summary>
    private static bool Solves(ImmutableArray<RenameRule> rules, Dictionary<string, string> pairs, List<ExpectedTensor> absent, StateDict given)
    {
        try
        {
            StateDict renamed = RenameRule.Apply(rules, given);
            return given.All(entry => renamed.TryGet(pairs.GetValueOrDefault(entry.Key, entry.Key), out Tensor? tensor) && ReferenceEquals(tensor, entry.Value))
                && absent.TrueForAll(want => renamed.TryGet(want.Name, out Tensor? tensor) && tensor.Shape == want.Shape);
        }
        catch (EspalierException)
        {
            return false;
        }
    }

    /// <summary>The scopes that a name lies in, with their dots, the outermost first: <c>a.</c> and <c>a.b.</c> of <c>a.b.weight</c>.</summary>
    private static IEnumerable<string> ScopesOf(string name) => name.Index().Where(letter => letter.Item == '.').Select(letter => name[..(letter.Index + 1)]);

    private static string LastPart(string name) => name[(name.LastIndexOf('.') + 1)..];
}
