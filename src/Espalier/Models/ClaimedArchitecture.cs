using System.Text.Json;
using System.Text.RegularExpressions;
using Espalier.Formats;

namespace Espalier;

/// <summary>What a checkpoint says its architecture is: by its file name, an entry such as <c>arch</c>, or the <c>config.json</c> beside it. Several architectures have parameters of the same names and shapes and compute different things, so that only this distinguishes them.</summary>
internal static partial class ClaimedArchitecture
{
    private const int LongestName = 100;
    private const int LargestConfiguration = 1 << 20;

    // Keys under which PyTorch's examples, timm and others store the name of the architecture.
    private static readonly string[] Keys = ["arch", "architecture", "model_name", "arch_name"];

    /// <summary>Says how a checkpoint contradicts the name of an architecture; <see langword="null"/> if it does not.</summary>
    /// <param name="architecture">The name of an architecture of the zoo, such as <c>resnet18</c>.</param>
    /// <param name="path">The path of the checkpoint.</param>
    /// <param name="notes">The other entries of the checkpoint.</param>
    internal static string? Contradiction(string architecture, string path, IEnumerable<CheckpointNote> notes)
    {
        if (PublishedWeights.Find(path) is { } published)
        {
            return published.AreOf(architecture) ? null : $"its name is that of torchvision's weights of {published.Architecture}";
        }

        foreach ((string claim, string where) in Claims(path, notes))
        {
            Model[] found = [.. Parse(claim)];
            if (found.Length > 0 && !Parse(architecture).Any(own => found.Any(own.Fits)))
            {
                return $"{where} says {claim}";
            }
        }

        return null;
    }

    private static IEnumerable<(string Claim, string Where)> Claims(string path, IEnumerable<CheckpointNote> notes)
    {
        foreach (CheckpointNote note in notes.Where(note => Keys.Contains(note.Name) && note.Text.Length <= LongestName))
        {
            yield return (note.Text.Trim('"'), $"its entry '{note.Name}'");
        }

        if (Configured(path) is string configured)
        {
            yield return (configured, "config.json beside it");
        }

        yield return (Path.GetFileName(path), "its file name");
    }

    /// <summary>The architecture in the configuration that the Hugging Face hub has beside weights.</summary>
    private static string? Configured(string path)
    {
        string file = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, "config.json");
        try
        {
            if (!File.Exists(file) || new FileInfo(file).Length > LargestConfiguration)
            {
                return null;
            }

            using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(file));
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("architecture", out JsonElement name) && name.ValueKind == JsonValueKind.String && name.GetString() is { Length: <= LongestName } text
                ? text
                : null;
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return null; // some other file of this name
        }
    }

    /// <summary>The models that a name contains: <c>resnetblur18</c> is a <c>resnet</c> with <c>blur</c> of depth 18.</summary>
    private static IEnumerable<Model> Parse(string name) => Name().Matches(name.ToLowerInvariant()).Select(match => new Model(
        Prefix(match), match.Groups["family"].Value is "wrn" ? "resnet" : match.Groups["family"].Value, match.Groups["infix"].Value, match.Groups["depth"].Value, Suffix(match)));

    private static string Prefix(Match match) =>
        match.Groups["family"].Value is "wrn" ? "wide"
        : match.Groups["prefix"].Value.Replace("legacy_", "", StringComparison.Ordinal).Replace("gluon_", "", StringComparison.Ordinal).Trim('_'); // those from Caffe have other names of parameters

    // Gluon's v1b is torchvision's network, v1d what timm calls 50d.
    private static string Suffix(Match match) => match.Groups["form"].Value is { Length: > 0 } form ? (form == "b" ? "" : form) : match.Groups["suffix"].Value;

    // Between a family and its depth: letters (blur, aa), v2 or separators (resnet-18); after the depth: letters (50d, 50t) that no further digit follows, a norm (50_gn) or a width (50x1_bit).
    [GeneratedRegex(@"(?<![a-z])(?<prefix>preact_?|wide_?|(legacy_)?se_?|eca|sk|ssl_|swsl_|gluon_(se)?|tv_)?(?<family>resnet|resnext|resnest|res2net|res2next|wrn|plain|densenet|vgg)(?<infix>v2|[a-z]*)[-_]?(?<depth>[0-9]{2,4})(?<suffix>x[1-4]_bit|[a-z]?(_gn(?![a-z]))?)(_v1(?<form>[bcds])(?![0-9a-z]))?(?![0-9a-z])", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Name();

    /// <summary>The parts of a model's name.</summary>
    private readonly record struct Model(string Prefix, string Family, string Infix, string Depth, string Suffix)
    {
        private static readonly string[] Sources = ["", "ssl", "swsl", "gluon", "tv", "wide"]; // who trained the same network, or what its shapes show

        /// <summary>Whether the other model may be this one.</summary>
        internal bool Fits(Model other) => this with { Prefix = "" } == other with { Prefix = "" } && (other.Prefix == Prefix || Sources.Contains(other.Prefix));
    }
}
