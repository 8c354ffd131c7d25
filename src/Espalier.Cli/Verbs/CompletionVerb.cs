using System.CommandLine;
using Espalier.Tensors;

namespace Espalier.Cli;

/// <summary>Prints the script with which a shell completes command lines.</summary>
internal sealed class CompletionVerb : Verb
{
    private readonly Argument<string> _shell = new("SHELL") { Description = $"The shell: {string.Join(", ", CompletionScripts.Shells)}." };

    internal CompletionVerb(CliContext context)
        : base(
            context,
            "completion",
            "Prints a script that makes a shell complete verbs, options, names of the zoo, words that options take, and files. The shell reads it at its start.",
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
        string script = CompletionScripts.Find(shell) ?? throw new EspalierException($"there is no script for '{shell}'; there are some for {string.Join(", ", CompletionScripts.Shells)}");
        ScreenWriter.Unwrapped(Terminal.Out).WriteLine(script);
        return ExitCode.Success;
    }
}
