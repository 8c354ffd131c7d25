namespace Espalier.Cli;

/// <summary>Shows the help of the program or of a verb, as <c>--help</c> does.</summary>
internal sealed class HelpVerb : Verb
{
    private readonly Argument<string?> _verb = new("VERB") { Description = "A verb; all verbs are listed without it.", Arity = ArgumentArity.ZeroOrOne };

    internal HelpVerb(CliContext context)
        : base(context, "help", "Shows the help of the program, or of a verb.", "espalier help", "espalier help classify")
    {
        Add(_verb);
        _verb.CompletionSources.Add(_ => Root.Create(context).Subcommands.Select(verb => new System.CommandLine.Completions.CompletionItem(verb.Name)));
    }

    private protected override int Run(ParseResult parsed)
    {
        IEnumerable<string> verbs = parsed.RootCommandResult.Command.Subcommands.Select(each => each.Name);
        string? verb = parsed.GetValue(_verb);
        return verb is null || verbs.Contains(verb)
            ? CliApp.Run(verb is null ? ["--help"] : [verb, "--help"], Context)
            : throw new EspalierException($"unknown verb '{verb}'{SimilarNames.Suggest(verb, verbs)}");
    }
}
