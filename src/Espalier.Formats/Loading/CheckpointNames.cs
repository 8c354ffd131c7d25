namespace Espalier.Formats;

/// <summary>
/// Decides what the names of a checkpoint mean to a network: wrappers' prefixes that all names have are removed when the file is read
/// (<see cref="CommonPrefix"/>); then rules rename, names of blocks' authors get the meaning they have there (<see cref="AuthorNames"/>), unwanted names are left out, and what training tools added (<see cref="ForeignEntries"/>) is left out with a note.
/// </summary>
internal static class CheckpointNames
{
    private const int Shown = 3;

    // DataParallel's, torch.compile's and DeepSpeed's or FSDP's.
    private static readonly string[] WrapperPrefixes = ["module.", "_orig_mod.", "_forward_module."];

    /// <summary>The prefixes of wrapper modules that every name has, but for what training tools added; often empty.</summary>
    internal static string CommonPrefix(IReadOnlyList<string> names)
    {
        string common = "";
        string[] own = [.. names.Where(name => ForeignEntries.Origin(name) is null)];
        while (own.Length > 0 && Array.Find(WrapperPrefixes, prefix => own.All(name => name.AsSpan(common.Length).StartsWith(prefix))) is { } found)
        {
            common += found;
        }

        return common;
    }

    /// <summary>A name without the common prefix; one that lacks it stays as it is.</summary>
    internal static string WithoutPrefix(string name, string common) => name.StartsWith(common, StringComparison.Ordinal) ? name[common.Length..] : name;

    /// <summary>The tensors under the network's names, without those that are left out.</summary>
    /// <param name="given">The checkpoint's tensors.</param>
    /// <param name="expected">The names that the network has, masked parameters' among them.</param>
    /// <param name="options">Rules, and what is left out.</param>
    /// <exception cref="EspalierException">Two tensors get one name, or one an empty name; an expression is invalid.</exception>
    internal static StateDict Resolve(StateDict given, IReadOnlySet<string> expected, LoadingOptions options)
    {
        StateDict renamed = AuthorNames.Rename(RenameRule.Apply(options.Renames, AuthorNames.AddIdentities(given, expected, options.Note)), expected);
        var unwanted = new NamePatterns(options.Drop);
        var kept = new List<KeyValuePair<string, Tensor>>(renamed.Count);
        var dropped = new List<string>();
        var foreign = new List<(string Name, string Origin)>();
        foreach (KeyValuePair<string, Tensor> entry in renamed)
        {
            if (unwanted.Match(entry.Key))
            {
                dropped.Add(entry.Key);
            }
            else if (!expected.Contains(entry.Key) && ForeignEntries.Origin(entry.Key) is string origin)
            {
                foreign.Add((entry.Key, origin));
            }
            else
            {
                kept.Add(entry);
            }
        }

        if (dropped.Count > 0)
        {
            options.Note?.Invoke($"left out as requested: {List(dropped)}");
        }

        foreach (IGrouping<string, string> group in foreign.GroupBy(entry => entry.Origin, entry => entry.Name))
        {
            options.Note?.Invoke($"left out {group.Key}: {List([.. group])}");
        }

        return kept.Count == renamed.Count ? renamed : new StateDict(kept);
    }

    /// <summary>The first names and how many there are.</summary>
    internal static string List(IReadOnlyList<string> names) =>
        names.Count <= Shown ? string.Join(", ", names) : $"{string.Join(", ", names.Take(Shown))} and {names.Count - Shown} more";
}
