namespace Espalier.Cli;

/// <summary>The verb <c>completion</c>: prints the completion script of a shell.</summary>
internal sealed class CompletionVerb : Verb
{
    private readonly Argument<string> _shell = new("SHELL") { Description = $"The shell: {string.Join(", ", CompletionScripts.Shells)}." };

    internal CompletionVerb(CliContext context)
        : base(
            context,
            "completion",
            "Prints a script with which a shell completes verbs, options, names of the zoo, values of options, and files. The shell loads it at startup.",
            "espalier completion bash > ~/.local/share/bash-completion/completions/espalier",
            "espalier completion zsh > \"${fpath[1]}/_espalier\"",
            "espalier completion fish > ~/.config/fish/completions/espalier.fish",
            "espalier completion pwsh >> $PROFILE")
    {
        _shell.CompletionSources.Add([.. CompletionScripts.Shells]);
        Add(_shell);
    }

    private protected override int Run(ParseResult parsed)
    {
        string shell = parsed.GetRequiredValue(_shell);
        string script = CompletionScripts.Find(shell) ?? throw new EspalierException($"there is no script for '{shell}'; supported are {string.Join(", ", CompletionScripts.Shells)}");
        ScreenWriter.Unwrapped(Terminal.Out).WriteLine(script);
        return ExitCode.Success;
    }
}
