using System.Text.RegularExpressions;

namespace Espalier.Formats;

/// <summary>A rule that renames parameters of a checkpoint: every match of a regular expression is replaced.</summary>
/// <remarks>
/// Expressions are matched without backtracking, in time proportional to the name's length. Those that need it (lookarounds, back references) are
/// matched with backtracking and stopped after one second.
/// </remarks>
public sealed class RenameRule
{
    private const string Arrow = "=>";

    private readonly Regex _regex;

    /// <summary>Creates a rule.</summary>
    /// <param name="pattern">A .NET regular expression, such as <c>^conv\.</c>.</param>
    /// <param name="replacement">The replacement; <c>$1</c> or <c>${name}</c> stand for groups.</param>
    /// <exception cref="EspalierException">The pattern is not a valid regular expression, or the replacement not one for it.</exception>
    public RenameRule(string pattern, string replacement)
    {
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        ArgumentNullException.ThrowIfNull(replacement);
        Pattern = pattern;
        Replacement = replacement;
        _regex = NamePatterns.Compile(pattern);
        Require(replacement);
    }

    /// <summary>The regular expression.</summary>
    public string Pattern { get; }

    /// <summary>The text that replaces each match.</summary>
    public string Replacement { get; }

    /// <summary>Parses a rule written as <c>REGEX=>REPLACEMENT</c>, or with a plain <c>=</c>. The last of them separates the two, because parameter names contain neither.</summary>
    /// <exception cref="EspalierException">There is neither, or the text before it is not a valid regular expression, or the one after it no replacement.</exception>
    public static RenameRule Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string divider = text.LastIndexOf(Arrow, StringComparison.Ordinal) > 0 ? Arrow : "=";
        int at = text.LastIndexOf(divider, StringComparison.Ordinal);
        return at > 0
            ? new RenameRule(text[..at], text[(at + divider.Length)..])
            : throw new EspalierException($"'{text}' is not a renaming rule: REGEX=>REPLACEMENT is expected, such as '^conv\\.=>conv1.'");
    }

    /// <summary>The name with every match replaced.</summary>
    /// <exception cref="EspalierException">Matching took more than one second.</exception>
    public string Apply(string name)
    {
        try
        {
            return _regex.Replace(name, Replacement);
        }
        catch (RegexMatchTimeoutException error)
        {
            throw new EspalierException($"the renaming rule '{Pattern}' took more than a second for the name '{name}'", error);
        }
    }

    /// <summary>Applies all rules, in order, to the names of a state_dict.</summary>
    /// <exception cref="EspalierException">Two tensors would get the same name, or one an empty name.</exception>
    public static StateDict Apply(IReadOnlyList<RenameRule> rules, StateDict tensors)
    {
        ArgumentNullException.ThrowIfNull(rules);
        ArgumentNullException.ThrowIfNull(tensors);
        if (rules.Any(rule => rule is null))
        {
            throw new ArgumentException("One of the renaming rules is null.", nameof(rules));
        }

        var renamed = new Dictionary<string, Tensor>();
        var origins = new Dictionary<string, string>();
        foreach ((string name, Tensor tensor) in tensors)
        {
            string changed = rules.Aggregate(name, (current, rule) => rule.Apply(current));
            if (changed.Length == 0)
            {
                throw new EspalierException($"the renaming rules leave nothing of the name '{name}'; to leave a tensor out, drop it (LoadingOptions.Drop, or --drop '^{Regex.Escape(name)}$')");
            }

            if (!renamed.TryAdd(changed, tensor))
            {
                throw new EspalierException($"the renaming rules give both '{origins[changed]}' and '{name}' the name '{changed}'");
            }

            origins.Add(changed, name);
        }

        return new StateDict(renamed);
    }

    // .NET reads a replacement when it is first used.
    private void Require(string replacement)
    {
        try
        {
            _regex.Replace("", replacement);
        }
        catch (RegexParseException error)
        {
            throw new EspalierException($"'{replacement}' is no replacement of a renaming rule: {error.Message}", error);
        }
    }

    /// <summary>The rule as <c>REGEX=>REPLACEMENT</c>.</summary>
    public override string ToString() => $"{Pattern}{Arrow}{Replacement}";
}
