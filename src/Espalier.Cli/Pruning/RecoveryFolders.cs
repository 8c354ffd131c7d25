using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Training;

namespace Espalier.Cli;

/// <summary>The folders of a pruning in steps, beside its result: one for each step, and the command's options, which resuming needs again.</summary>
/// <param name="output">The result, or <see langword="null"/> where nothing is written.</param>
/// <param name="parsed">The command line.</param>
/// <param name="amounts">The file of --amounts, or <see langword="null"/>: what it says has to stay the same as well.</param>
/// <param name="model">The model that is pruned.</param>
/// <param name="data">The images that its steps are measured on and recover with, and their classes.</param>
internal sealed class RecoveryFolders(string? output, ParseResult parsed, string? amounts, Model model, PruningData? data)
{
    private string Root => Path.ChangeExtension(output!, "steps");

    private string Command => Path.Combine(Root, "command.txt");

    /// <summary>The folder of a step, from 1 on.</summary>
    internal string Of(int step) => Path.Combine(Root, $"{step}");

    /// <summary>Makes sure that nothing is overwritten, and that a resumed run has the options that it began with.</summary>
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
            throw new EspalierException($"{Root} already holds a pruning in steps; --resume continues it, another -o starts a new one");
        }
        else if (File.ReadAllText(Command) != asked)
        {
            throw new EspalierException($"{Root} was begun with other options, another list of --amounts, other labels or preprocessing of the model, or other images or classes of --data (what it began with is in {Command}); --resume needs the same ones");
        }
    }

    /// <summary>One word of the command line after the other, and what tells the files that it names from others of their names.</summary>
    private string Asked()
    {
        List<string> words = [.. parsed.Tokens.Select(token => token.Value).Where(token => token != "--resume")];
        if (amounts is not null)
        {
            words.Add($"SHA-256 of the amounts: {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(amounts)))}");
        }

        words.Add(string.Create(CultureInfo.InvariantCulture, $"labels: {model.Metadata.Labels}"));
        words.Add(string.Create(CultureInfo.InvariantCulture, $"preprocessing: {model.Metadata.Preprocessing}"));
        if (data is not null)
        {
            words.Add($"images to learn from: {DatasetDigest.Of(data.Matched.Training)}");
            words.Add($"images to measure on: {DatasetDigest.Of(data.Matched.Validation)}");
        }

        return string.Join('\n', words);
    }
}
