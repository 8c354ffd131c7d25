using System.Globalization;
using Espalier.Imaging;
using Espalier.Tensors;

namespace Espalier.Data.Datasets;

/// <summary>JPEG and PNG files that are decoded when they are read: a folder for each class, or pictures of unknown class.</summary>
public sealed class ImageFileDataset : IDataset
{
    private readonly string[] _paths;
    private readonly int[] _classes;
    private readonly ImageDecodingOptions _decoding;

    private ImageFileDataset(IEnumerable<(string Path, int Class)> files, IReadOnlyList<string> labels, ImageDecodingOptions? decoding)
    {
        (string Path, int Class)[] all = [.. files];
        _paths = [.. all.Select(file => file.Path)];
        _classes = [.. all.Select(file => file.Class)];
        _decoding = decoding ?? ImageDecodingOptions.Default;
        Labels = labels;
    }

    /// <inheritdoc/>
    public int Count => _paths.Length;

    /// <inheritdoc/>
    public IReadOnlyList<string> Labels { get; }

    /// <inheritdoc/>
    public Shape? SampleShape => null;

    /// <summary>A folder with a folder of images for each class, as torchvision's <c>ImageFolder</c>: classes are numbered in the order of the folders' names.</summary>
    /// <param name="folder">The folder of folders.</param>
    /// <param name="decoding">How files are read; ImageFolder itself does not turn pictures the way their EXIF data says.</param>
    /// <exception cref="EspalierException">There is no such folder, or one without images.</exception>
    public static ImageFileDataset OpenFolders(string folder, ImageDecodingOptions? decoding = null)
    {
        string[] names = ClassFolders(folder);
        return OpenFolders(folder, names, name => Array.IndexOf(names, name), names, decoding);
    }

    /// <summary>
    /// The same for classes that are known already: a folder's class is that of its name where all names are labels, or numbers, and otherwise
    /// its place in their order.
    /// </summary>
    /// <param name="folder">The folder of folders.</param>
    /// <param name="classes">How many classes there are.</param>
    /// <param name="labels">Their names, or none.</param>
    /// <param name="decoding">How files are read.</param>
    /// <exception cref="EspalierException">There is no such folder, one without images, or the folders are not those classes.</exception>
    public static ImageFileDataset OpenFolders(string folder, int classes, IReadOnlyList<string> labels, ImageDecodingOptions? decoding = null)
    {
        ArgumentNullException.ThrowIfNull(labels);
        string[] names = ClassFolders(folder);
        if (names.All(labels.Contains))
        {
            var places = labels.Select((label, place) => (label, place)).DistinctBy(pair => pair.label).ToDictionary();
            return OpenFolders(folder, names, name => places[name], labels, decoding);
        }

        if (names.All(name => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
        {
            return OpenFolders(folder, names, name => int.Parse(name, NumberStyles.None, CultureInfo.InvariantCulture), labels, decoding);
        }

        return names.Length == classes
            ? OpenFolders(folder, names, name => Array.IndexOf(names, name), labels.Count == classes ? labels : names, decoding)
            : throw new EspalierException($"{folder}: found {names.Length} folders, but the network tells {classes} classes apart, and the folders' names are neither its labels nor numbers");
    }

    /// <summary>The files named, and those of the folders named, at any depth, folder by folder in the order of their names; their classes are not known.</summary>
    /// <exception cref="EspalierException">A path does not exist, or a folder has no images.</exception>
    public static ImageFileDataset OpenUnlabelled(IEnumerable<string> paths, ImageDecodingOptions? decoding = null) =>
        new(paths.SelectMany(path => File.Exists(path) ? [path] : ImageFiles.InFolder(path)).Select(path => (path, -1)), [], decoding);

    /// <inheritdoc/>
    public int LabelOf(int index) => _classes[index];

    /// <inheritdoc/>
    public string NameOf(int index) => _paths[index];

    /// <inheritdoc/>
    public void Read(int index, PixelBuffer pixels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        pixels.Set(ImageDecoder.Decode(_paths[index], _decoding));
    }

    private static ImageFileDataset OpenFolders(string folder, string[] names, Func<string, int> classOf, IReadOnlyList<string> labels, ImageDecodingOptions? decoding) =>
        new(names.SelectMany(name => ImageFiles.InFolder(Path.Combine(folder, name)).Select(file => (file, classOf(name)))), labels, decoding);

    private static string[] ClassFolders(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new EspalierException($"{folder}: no such folder");
        }

        string[] names = [.. Directory.EnumerateDirectories(folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
        return names.Length > 0 ? names : throw new EspalierException($"{folder}: expected one folder of images for each class, found no folder");
    }
}
