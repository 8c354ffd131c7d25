using System.Text.RegularExpressions;

namespace Espalier.Formats;

/// <summary>Turns other people's parameter names into the expected ones: every match of a regular expression is replaced.</summary>
/// <remarks>
/// Expressions run without backtracking, in time proportional to the name. Those that need it (lookarounds, back references) run
/// with it, and are stopped after a second.
/// </remarks>
public sealed class RenameRule
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Regex _regex;

    /// <summary>A rule.</summary>
    /// <param name="pattern">A .NET regular expression, such as <c>^conv\.</c>.</param>
    /// <param name="replacement">What takes its place; <c>$1</c> or <c>${name}</c> stand for groups.</param>
    /// <exception cref="EspalierException">The pattern is no regular expression.</exception>
    public RenameRule(string pattern, string replacement)
    {
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        ArgumentNullException.ThrowIfNull(replacement);
        Pattern = pattern;
        Replacement = replacement;
        _regex = Compile(pattern);
    }

    /// <summary>The regular expression.</summary>
    public string Pattern { get; }

    /// <summary>What takes its place.</summary>
    public string Replacement { get; }

    /// <summary>The rule that a command line writes as <c>REGEX=REPLACEMENT</c>. The last <c>=</c> divides: no parameter's name has one.</summary>
    /// <exception cref="EspalierException">There is no <c>=</c>, or what is before it is no regular expression.</exception>
    public static RenameRule Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int divider = text.LastIndexOf('=');
        return divider > 0
            ? new RenameRule(text[..divider], text[(divider + 1)..])
            : throw new EspalierException($"'{text}' is no renaming rule: REGEX=REPLACEMENT is expected, such as '^conv\\.=conv1.'");
    }

    /// <summary>A name with every match replaced.</summary>
    /// <exception cref="EspalierException">The expression took more than a second.</exception>
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

    /// <summary>A state_dict whose names went through all rules in turn.</summary>
    /// <exception cref="EspalierException">Two tensors get the same name.</exception>
    public static StateDict Apply(IReadOnlyList<RenameRule> rules, StateDict tensors)
    {
        ArgumentNullException.ThrowIfNull(rules);
        ArgumentNullException.ThrowIfNull(tensors);
        var renamed = new Dictionary<string, Tensor>();
        var origins = new Dictionary<string, string>();
        foreach ((string name, Tensor tensor) in tensors)
        {
            string changed = rules.Aggregate(name, (current, rule) => rule.Apply(current));
            if (!renamed.TryAdd(changed, tensor))
            {
                throw new EspalierException($"the renaming rules call both '{origins[changed]}' and '{name}' '{changed}'");
            }

            origins.Add(changed, name);
        }

        return new StateDict(renamed);
    }

    /// <summary>The rule as a command line writes it.</summary>
    public override string ToString() => $"{Pattern}={Replacement}";

    private static Regex Compile(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, Patience);
        }
        catch (NotSupportedException)
        {
            return new Regex(pattern, RegexOptions.CultureInvariant, Patience);
        }
        catch (ArgumentException error)
        {
            throw new EspalierException($"'{pattern}' is no regular expression: {error.Message}", error);
        }
    }
}
