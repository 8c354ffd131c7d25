using Espalier.Imaging;
using Espalier.Tensors;

namespace Espalier.Data;

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
        return new(names.SelectMany((name, number) => ImageFiles.InFolder(Path.Combine(folder, name)).Select(file => (file, number))), names, decoding);
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

    /// <summary>The names of the classes that a folder has folders for, in their order.</summary>
    /// <exception cref="EspalierException">There is no such folder, or none in it.</exception>
    internal static string[] ClassFolders(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new EspalierException($"{folder}: no such folder");
        }

        string[] names = [.. Directory.EnumerateDirectories(folder).Select(path => Path.GetFileName(path)).Order(CodePointOrder.Instance)];
        return names.Length > 0 ? names : throw new EspalierException($"{folder}: expected one folder of images for each class, found no folder");
    }
}
