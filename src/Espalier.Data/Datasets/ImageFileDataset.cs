using Espalier.Imaging;
using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>JPEG and PNG files, decoded when they are read: one folder per class, or images of unknown class.</summary>
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

    /// <summary>Opens a folder with one folder of images per class, as torchvision's <c>ImageFolder</c>; classes are in the order of the folders' names.</summary>
    /// <param name="folder">The folder that contains the class folders.</param>
    /// <param name="decoding">Decoding options; note that ImageFolder itself does not apply EXIF orientation.</param>
    /// <exception cref="EspalierException">The folder does not exist, or a class folder has no images.</exception>
    public static ImageFileDataset OpenFolders(string folder, ImageDecodingOptions? decoding = null)
    {
        string[] names = ClassFolders(folder);
        return new(names.SelectMany((name, number) => ImageFiles.InFolder(Path.Combine(folder, name)).Select(file => (file, number))), names, decoding);
    }

    /// <summary>Opens the given files, and the files of the given folders at any depth, ordered by name; their classes are unknown.</summary>
    /// <exception cref="ArgumentException">A path is <see langword="null"/> or empty.</exception>
    /// <exception cref="EspalierException">A path does not exist, or a folder has no images.</exception>
    public static ImageFileDataset OpenUnlabelled(IEnumerable<string> paths, ImageDecodingOptions? decoding = null)
    {
        ArgumentNullException.ThrowIfNull(paths);
        string[] all = [.. paths];
        return Array.FindIndex(all, string.IsNullOrEmpty) is int place and >= 0
            ? throw new ArgumentException($"The path at {place} is {(all[place] is null ? "null" : "empty")}.", nameof(paths))
            : new(all.SelectMany(path => File.Exists(path) ? [path] : ImageFiles.InFolder(path)).Select(path => (path, -1)), [], decoding);
    }

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

    /// <summary>The names of a folder's class folders, in order.</summary>
    /// <exception cref="EspalierException">The folder does not exist or contains no folder.</exception>
    internal static string[] ClassFolders(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new EspalierException($"{folder}: no such folder");
        }

        string[] names = FileErrors.ReadFolder(folder, () => Directory.EnumerateDirectories(folder).Select(path => Path.GetFileName(path)).Order(CodePointOrder.Instance).ToArray());
        return names.Length > 0 ? names : throw new EspalierException($"{folder}: expected one folder of images per class, found no folder");
    }
}
