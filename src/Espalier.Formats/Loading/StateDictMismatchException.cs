using System.Collections.Immutable;

namespace Espalier.Formats;

/// <summary>A state_dict that does not fit a network: everything that is wrong with it, at once.</summary>
public sealed class StateDictMismatchException : EspalierException
{
    private const int Shown = 3;

    internal StateDictMismatchException(
        ImmutableArray<string> missing,
        ImmutableArray<string> unexpected,
        ImmutableArray<MisshapenTensor> misshapen,
        ImmutableArray<RenameRule> suggestion)
        : base(Text(missing, unexpected, misshapen, suggestion))
    {
        Missing = missing;
        Unexpected = unexpected;
        Misshapen = misshapen;
        Suggestion = suggestion;
    }

    /// <summary>The names that the network needs and the state_dict does not have.</summary>
    public ImmutableArray<string> Missing { get; }

    /// <summary>The names that the state_dict has and the network does not know.</summary>
    public ImmutableArray<string> Unexpected { get; }

    /// <summary>The names that both have, with another shape or another kind of number.</summary>
    public ImmutableArray<MisshapenTensor> Misshapen { get; }

    /// <summary>Rules that would make the names fit; empty where none were found.</summary>
    public ImmutableArray<RenameRule> Suggestion { get; }

    private static string Text(
        ImmutableArray<string> missing,
        ImmutableArray<string> unexpected,
        ImmutableArray<MisshapenTensor> misshapen,
        ImmutableArray<RenameRule> suggestion)
    {
        IEnumerable<string> parts =
        [
            .. Part("missing", [.. missing]),
            .. Part("unexpected", [.. unexpected]),
            .. Part("misshapen", [.. misshapen.Select(m => m.ToString())]),
        ];
        string text = $"the state_dict does not fit the network: {string.Join("; ", parts)}";
        return suggestion.IsEmpty ? text : $"{text}; the shapes fit one to one: try {string.Join(' ', suggestion.Select(r => $"--rename '{r}'"))}";
    }

    private static IEnumerable<string> Part(string what, string[] names) =>
        names.Length == 0 ? [] : [$"{names.Length} {what} ({string.Join(", ", names.Take(Shown))}{(names.Length > Shown ? ", …" : "")})"];
}
