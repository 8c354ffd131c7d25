using System.Collections.Immutable;

namespace Espalier.Formats;

/// <summary>A state_dict does not match a network; lists all differences at once.</summary>
public sealed class StateDictMismatchException : EspalierException
{
    private const int Shown = 3;

    internal StateDictMismatchException(
        ImmutableArray<string> missing,
        ImmutableArray<string> unexpected,
        ImmutableArray<ShapeMismatch> mismatches,
        ImmutableArray<RenameRule> suggestion)
        : base(Text(missing, unexpected, mismatches, suggestion))
    {
        Missing = missing;
        Unexpected = unexpected;
        ShapeMismatches = mismatches;
        Suggestion = suggestion;
    }

    /// <summary>Names that the network needs and the state_dict does not have.</summary>
    public ImmutableArray<string> Missing { get; }

    /// <summary>Names that the state_dict has and the network does not need.</summary>
    public ImmutableArray<string> Unexpected { get; }

    /// <summary>Tensors that both have, with different shapes or incompatible types.</summary>
    internal ImmutableArray<ShapeMismatch> ShapeMismatches { get; }

    /// <summary>Renaming rules that would make the names match; empty where none were found.</summary>
    public ImmutableArray<RenameRule> Suggestion { get; }

    private static string Text(
        ImmutableArray<string> missing,
        ImmutableArray<string> unexpected,
        ImmutableArray<ShapeMismatch> mismatches,
        ImmutableArray<RenameRule> suggestion)
    {
        IEnumerable<string> parts =
        [
            .. Part("missing", [.. missing]),
            .. Part("unexpected", [.. unexpected]),
            .. Part("misshapen", [.. mismatches.Select(m => m.ToString())]),
        ];
        string text = $"the state_dict does not fit the network: {string.Join("; ", parts)}";
        return suggestion.IsEmpty ? text : $"{text}; the shapes fit one to one: try {string.Join(' ', suggestion.Select(r => $"--rename '{r}'"))}";
    }

    private static IEnumerable<string> Part(string what, string[] names) =>
        names.Length == 0 ? [] : [$"{names.Length} {what} ({string.Join(", ", names.Take(Shown))}{(names.Length > Shown ? ", …" : "")})"];
}
