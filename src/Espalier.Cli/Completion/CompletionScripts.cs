namespace Espalier.Cli;

/// <summary>The shells' completion scripts. Each calls the program with the command line up to the cursor and the directive <c>[suggest:LENGTH]</c>, and reads one suggestion per line.</summary>
internal static class CompletionScripts
{
    private const string Bash = """
        # bash completion for espalier
        _espalier() {
          local cur=${COMP_WORDS[COMP_CWORD]} words
          local line="espalier${COMP_LINE:${#COMP_WORDS[0]}}"
          local at=$((COMP_POINT + 8 - ${#COMP_WORDS[0]}))
          line=${line:0:at}
          words=$("${COMP_WORDS[0]}" "[suggest:$at]" "$line" \
            2>/dev/null)
          local IFS=$'\n'
          COMPREPLY=($(compgen -W "$words" -- "$cur"))
          if [[ ${#COMPREPLY[@]} -eq 1 &&
                ${COMPREPLY[0]} == */ ]]; then
            compopt -o nospace 2>/dev/null
          fi
        }
        complete -F _espalier espalier
        """;

    private const string Zsh = """
        #compdef espalier
        # zsh completion for espalier
        _espalier() {
          local line="espalier${LBUFFER#${words[1]}}"
          local -a found
          found=("${(@f)$("${words[1]}" "[suggest:${#line}]" "$line" 2>/dev/null)}")
          local -a folders rest
          folders=(${(M)found:#*/})
          rest=(${found:#*/})
          (( ${#rest} )) && compadd -- $rest
          (( ${#folders} )) && compadd -S '' -- $folders
        }
        if [[ $funcstack[1] == _espalier ]]; then
          _espalier "$@"
        else
          compdef _espalier espalier
        fi
        """;

    private const string Fish = """
        # fish completion for espalier
        function __espalier_complete
          set -l line (commandline -cp)
          set -l first (string split -m 1 ' ' -- $line)
          set -l line "espalier "$first[2]
          $first[1] "[suggest:"(string length -- $line)"]" $line 2>/dev/null
        end
        complete -c espalier -f -a '(__espalier_complete)'
        """;

    private const string PowerShell = """
        # PowerShell completion for espalier
        Register-ArgumentCompleter -Native -CommandName espalier -ScriptBlock {
          param($word, $command, $cursor)
          $first = $command.CommandElements[0].Extent.Text
          $line = 'espalier' + $command.ToString().PadRight($cursor).Substring($first.Length)
          $at = $cursor + 8 - $first.Length
          & $first "[suggest:$at]" $line 2>$null | Where-Object { $_ -like "$word*" } | ForEach-Object {
            [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
          }
        }
        """;

    /// <summary>The supported shells.</summary>
    internal static IReadOnlyList<string> Shells { get; } = ["bash", "zsh", "fish", "pwsh"];

    /// <summary>The script for a shell, or <see langword="null"/> if the shell is not supported.</summary>
    internal static string? Find(string shell) => shell switch
    {
        "bash" => Bash,
        "zsh" => Zsh,
        "fish" => Fish,
        "pwsh" => PowerShell,
        _ => null,
    };
}
