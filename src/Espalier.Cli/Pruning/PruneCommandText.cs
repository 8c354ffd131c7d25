using System.Security.Cryptography;

namespace Espalier.Cli;

/// <summary>A command line of 'prune' as lines of text, one for each word, and how such texts are compared where settings were changed.</summary>
internal static class PruneCommandText
{
    private const string Digest = "SHA-256 of the ";
    private const string Amounts = $"{Digest}amounts: ";
    private const string Weights = $"{Digest}class weights: ";

    // The options of this verb for each setting that a recovery may change; none for settings that it takes as they are. The kind of the optimizer is not among them.
    private static readonly Dictionary<string, string[]> s_options = new(StringComparer.Ordinal)
    {
        ["epochs"] = ["--recover"],
        ["learning_rate"] = ["--lr"],
        ["schedule"] = ["--schedule", "--gamma", "--warmup"],
        ["optimizer"] = ["--momentum", "--nesterov", "--weight-decay", "--no-norm-decay"],
        ["patience"] = [],
        ["label_smoothing"] = [],
        ["auxiliary_weight"] = [],
        ["mixing"] = [],
        ["pipeline"] = ["--augment"],
        ["clip"] = [],
        ["distillation"] = [],
        ["teacher"] = [],
        ["teacher_metadata"] = [],
        ["class_weights"] = [ClassWeightOptions.Name],
        ["exif"] = ["--exif"],
        ["max_pixels"] = ["--max-pixels"],
        ["reduce_jpeg"] = ["--reduce-jpeg"],
    };

    private static readonly string[] s_flags = ["--nesterov", "--no-norm-decay"];

    /// <summary>The settings whose options are known.</summary>
    internal static IEnumerable<string> Changeable => s_options.Keys;

    /// <summary>The words of the command line without those about resuming, and the digests of the files that they name.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="amounts">The path of the amounts, or <see langword="null"/>.</param>
    /// <param name="weights">The digest of the class weights, or <see langword="null"/>.</param>
    internal static string Of(ParseResult parsed, string? amounts, string? weights)
    {
        IEnumerable<string> words = Without(parsed.Tokens.Select(token => token.Value), ["--resume", ChangeOptions.Name]);
        string?[] digests = [amounts is null ? null : Amounts + Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(amounts))), weights is null ? null : Weights + weights];
        return string.Join('\n', words.Concat(digests.OfType<string>()));
    }

    /// <summary>The lines of a text without the options of some settings.</summary>
    internal static IEnumerable<string> Compared(string text, IReadOnlyCollection<string> settings)
    {
        string[] options = [.. settings.SelectMany(setting => s_options.GetValueOrDefault(setting, []))];
        IEnumerable<string> lines = Without(text.Split('\n'), options);
        return settings.Contains("class_weights") ? lines.Where(line => !line.StartsWith(Weights, StringComparison.Ordinal)) : lines;
    }

    // As the parser reads them: --change takes all words up to the next option, --resume none, a flag a word only if it is a truth value, and the others one word.
    private static IEnumerable<string> Without(IEnumerable<string> words, string[] options)
    {
        (string? dropped, int taken) = (null, 0);
        foreach (string word in words)
        {
            if (Array.IndexOf(options, word) >= 0)
            {
                (dropped, taken) = (word, 0);
            }
            else if (dropped is not null && Takes(dropped, word, taken))
            {
                taken++;
            }
            else
            {
                dropped = null;
                yield return word;
            }
        }
    }

    private static bool Takes(string option, string word, int taken) =>
        option == ChangeOptions.Name ? !word.StartsWith('-')
        : s_flags.Contains(option) ? taken == 0 && bool.TryParse(word, out _)
        : option != "--resume" && taken == 0;
}
