using System.CommandLine;
using Espalier.Cli.Options;
using Espalier.Tensors;

namespace Espalier.Cli.Folding;

/// <summary>Where a changed network goes: a model file, since no name of the zoo stands for it any more.</summary>
internal static class OutputOption
{
    internal static Option<string?> Create() => new("--output", "-o") { Description = "The model file (.espalier) to write.", HelpName = "OUT" };

    /// <summary>The path, or <see langword="null"/> for a dry run; looked at before any work.</summary>
    /// <exception cref="EspalierException">There is none and it is no dry run, or it is no model file.</exception>
    internal static string? Read(ParseResult parsed, Option<string?> option, bool isDryRun)
    {
        if (parsed.GetValue(option) is not string path)
        {
            return isDryRun ? null : throw new EspalierException("say where the result goes with -o OUT.espalier, or ask for --dry-run");
        }

        return OutputForms.Of(path) != OutputForm.ModelFile
            ? throw new EspalierException($"{path}: the network has changed, so only a model file (.espalier) can hold it; 'espalier convert' makes weights of that")
            : isDryRun ? null : path;
    }
}
