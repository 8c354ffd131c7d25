namespace Espalier.Cli;

/// <summary>The options --rename, --drop and --allow-missing: how the names of a checkpoint's tensors become those of the network's parameters.</summary>
internal sealed class NameOptions
{
    private readonly Option<string[]> _rename = Create("--rename", "REGEX=>TEXT", "Replaces every match of a regular expression in the checkpoint's parameter names; may be given several times: --rename '\\bconv\\.=>conv1.'");
    private readonly Option<string[]> _drop = Create("--drop", "REGEX", "Leaves out the checkpoint's tensors whose names, after renaming, match a regular expression; may be given several times: --drop '^aux\\.'");
    private readonly Option<string[]> _missing = Create("--allow-missing", "REGEX", "Initializes the parameters whose names match a regular expression if the checkpoint lacks them; may be given several times: --allow-missing '^fc\\.'");

    internal void AddTo(Command command) => command.AddAll(_rename, _drop, _missing);

    /// <summary>The options.</summary>
    internal IEnumerable<Option> All => [_rename, .. Loading];

    /// <summary>The option --rename, which is also for writing weights.</summary>
    internal Option Rename => _rename;

    /// <summary>The options that are for loading weights alone.</summary>
    internal IEnumerable<Option> Loading => [_drop, _missing];

    /// <summary>The rules of --rename.</summary>
    internal IReadOnlyList<RenameRule> Rules(ParseResult parsed) => [.. (parsed.GetValue(_rename) ?? []).Select(RenameRule.Parse)];

    /// <summary>Gives a source what the options say.</summary>
    internal ModelSource Apply(ParseResult parsed, ModelSource source) =>
        source with { Renames = Rules(parsed), Drop = parsed.GetValue(_drop) ?? [], AllowMissing = parsed.GetValue(_missing) ?? [] };

    private static Option<string[]> Create(string name, string value, string description) => new(name)
    {
        Description = description,
        HelpName = value,
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };
}
