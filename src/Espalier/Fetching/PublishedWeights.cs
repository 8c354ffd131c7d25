using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Weights of torchvision, with the preprocessing that they were evaluated with.</summary>
/// <param name="Name">The name in <see cref="PublishedFiles.Names"/>: the architecture, with <c>_v2</c> for a second recipe, <c>_swag</c> for weights trained on Instagram's hashtags and fine-tuned, <c>_swag_linear</c> for those with a fine-tuned classifier only.</param>
/// <param name="Architecture">The name of the architecture in the zoo.</param>
/// <param name="File">The file's name, which ends with the first digits of its SHA-256.</param>
/// <param name="Preprocessing">How images become inputs of these weights.</param>
internal sealed record PublishedWeights(string Name, string Architecture, string File, Preprocessing Preprocessing)
{
    private const string WithHeads = "_aux"; // the ending of architectures with auxiliary classifiers, whose weights are in the same files

    /// <summary>The files in the <c>WeightsEnum</c>s of torchvision 0.14 for the zoo's architectures; <c>tests/oracle/make_weights.py</c> writes the table.</summary>
    internal static ImmutableArray<PublishedWeights> All { get; } = [.. Lines("torchvision.tsv").Skip(1).Select(line => Read(line.Split('\t')))];

    /// <summary>The names of ImageNet-1k's classes, by output.</summary>
    internal static ValueList<string> ImageNetClasses { get; } = ValueList.From(Lines("imagenet.txt"));

    /// <summary>The published weights whose file name a path has, including the hash; <see langword="null"/> for other files.</summary>
    /// <remarks>The name is what the file claims to be; <see cref="Identify"/> says whether it is.</remarks>
    internal static PublishedWeights? Find(string path) => All.FirstOrDefault(weights => weights.File == Path.GetFileNameWithoutExtension(path));

    /// <summary>The published weights of an architecture that a file is, by the SHA-256 of its content, whatever its name. The file is only read if the architecture has published weights.</summary>
    /// <param name="architecture">The architecture that was loaded.</param>
    /// <param name="path">The path of the file.</param>
    /// <param name="note">Receives a message if the file has the name of such weights, but not their content.</param>
    /// <param name="table">The published weights; <see langword="null"/> for <see cref="All"/>.</param>
    /// <exception cref="EspalierException">The file cannot be read.</exception>
    internal static PublishedWeights? Identify(string architecture, string path, Action<string>? note, IEnumerable<PublishedWeights>? table = null)
    {
        PublishedWeights[] own = [.. (table ?? All).Where(weights => weights.AreOf(architecture))];
        if (own.Length == 0)
        {
            return null;
        }

        string digest = FileErrors.Read(path, () =>
        {
            using FileStream file = System.IO.File.OpenRead(path);
            return Convert.ToHexStringLower(SHA256.HashData(file));
        });
        PublishedWeights? found = Array.Find(own, weights => digest.StartsWith(weights.Hash, StringComparison.Ordinal));
        if (found is null && Array.Find(own, weights => weights.File == Path.GetFileNameWithoutExtension(path)) is { } named)
        {
            note?.Invoke($"{path} has the name of torchvision's weights, but not their content (its SHA-256 begins with {digest[..named.Hash.Length]}), so that it gets the usual preprocessing of {architecture} and no class names");
        }

        return found;
    }

    private string Hash => File[(File.LastIndexOf('-') + 1)..];

    /// <summary>Whether the weights are those of an architecture of the zoo.</summary>
    internal bool AreOf(string architecture) => architecture == Architecture || architecture == $"{Architecture}{WithHeads}";

    /// <summary>A model of these weights with their preprocessing and input size, and with ImageNet's class names where it has as many outputs.</summary>
    internal Model Describe(Model model)
    {
        if (model.Metadata.Preprocessing is null)
        {
            return model; // of other channels
        }

        Size crop = Preprocessing.Crop!.Value;
        Shape input = model.Graph.ShapeOf(model.Graph.Input.Name);
        Model sized = input.WithoutFirst() == [crop.Height, crop.Width] ? model : model.WithInput([input[0], crop.Height, crop.Width]);
        bool named = model.Metadata.Labels.Count == 0 && model.Graph.ShapeOf(model.Graph.Outputs[0]).Count == ImageNetClasses.Count;
        return sized.With(sized.Metadata with { Preprocessing = Preprocessing, Labels = named ? ImageNetClasses : model.Metadata.Labels });
    }

    private static PublishedWeights Read(string[] cells)
    {
        int crop = int.Parse(cells[4], CultureInfo.InvariantCulture);
        var preprocessing = new Preprocessing
        {
            Resize = int.Parse(cells[3], CultureInfo.InvariantCulture),
            Crop = new Size(crop, crop),
            Interpolation = cells[5] == "bicubic" ? Interpolation.Bicubic : Interpolation.Bilinear,
            Normalization = new(Numbers(cells[6]), Numbers(cells[7])),
        };
        return new PublishedWeights(cells[0], cells[1], cells[2], preprocessing);
    }

    private static ValueList<float> Numbers(string text) => ValueList.From(text.Split(' ').Select(number => float.Parse(number, CultureInfo.InvariantCulture)));

    /// <summary>The lines of a file that is a part of the library.</summary>
    private static IEnumerable<string> Lines(string resource)
    {
        using Stream stream = typeof(PublishedWeights).Assembly.GetManifestResourceStream(resource)!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is string line)
        {
            yield return line;
        }
    }
}
