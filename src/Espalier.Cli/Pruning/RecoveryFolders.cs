using System.CommandLine;
using Espalier.Formats;
using Espalier.Tensors;

namespace Espalier.Cli.Pruning;

/// <summary>The folders of a pruning in steps, beside its result: one for each step, and what was asked for, which going on needs again.</summary>
/// <param name="output">The result, or <see langword="null"/> where nothing is written.</param>
/// <param name="parsed">The command line.</param>
internal sealed class RecoveryFolders(string? output, ParseResult parsed)
{
    private string Root => Path.ChangeExtension(output!, "steps");

    private string Command => Path.Combine(Root, "command.txt");

    /// <summary>The folder of a step, from 1 on.</summary>
    internal string Of(int step) => Path.Combine(Root, $"{step}");

    /// <summary>Makes sure that nothing is overwritten, and that a run which goes on is the one that began.</summary>
    internal void Begin(bool resumes)
    {
        string asked = string.Join('\n', parsed.Tokens.Select(token => token.Value).Where(token => token != "--resume"));
        if (!File.Exists(Command))
        {
            Directory.CreateDirectory(Root);
            AtomicFile.Write(Command, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(asked)));
        }
        else if (!resumes)
        {
            throw new EspalierException($"{Root} already holds a pruning in steps; --resume goes on with it, another -o begins anew");
        }
        else if (File.ReadAllText(Command) != asked)
        {
            throw new EspalierException($"{Root} was begun with other options (they are in {Command}); --resume goes on with the same ones only");
        }
    }
}
