using System.CommandLine;
using System.Security.Cryptography;
using Espalier.Formats;
using Espalier.Tensors;

namespace Espalier.Cli.Pruning;

/// <summary>The folders of a pruning in steps, beside its result: one for each step, and what was asked for, which going on needs again.</summary>
/// <param name="output">The result, or <see langword="null"/> where nothing is written.</param>
/// <param name="parsed">The command line.</param>
/// <param name="amounts">The file of --amounts, or <see langword="null"/>: what it says has to stay the same as well.</param>
internal sealed class RecoveryFolders(string? output, ParseResult parsed, string? amounts)
{
    private string Root => Path.ChangeExtension(output!, "steps");

    private string Command => Path.Combine(Root, "command.txt");

    /// <summary>The folder of a step, from 1 on.</summary>
    internal string Of(int step) => Path.Combine(Root, $"{step}");

    /// <summary>Makes sure that nothing is overwritten, and that a run which goes on is the one that began.</summary>
    internal void Begin(bool resumes)
    {
        string asked = Asked();
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
            throw new EspalierException($"{Root} was begun with other options, or another list of --amounts (they are in {Command}); --resume goes on with the same ones only");
        }
    }

    /// <summary>One word of the command line after the other, and a digest of the list of amounts.</summary>
    private string Asked()
    {
        IEnumerable<string> words = parsed.Tokens.Select(token => token.Value).Where(token => token != "--resume");
        return string.Join('\n', amounts is null ? words : words.Append($"SHA-256 of the amounts: {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(amounts)))}"));
    }
}
