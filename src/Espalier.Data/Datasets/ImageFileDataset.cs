using Espalier.Imaging;
using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>Image files, decoded when they are read: one folder per class, or images of unknown class. Formats are those of <see cref="ImageDecoder"/>.</summary>
public sealed class ImageFileDataset : IDataset
{
    private readonly ImageFile[] _files;
    private readonly string[] _notes;
    private readonly SortedDictionary<int, string> _faulty = []; // the first warning of each such image that was read
    private readonly ImageDecodingOptions _decoding;

    private ImageFileDataset(ImageFile[] files, IReadOnlyList<string> others, IReadOnlyList<string> labels, ImageDecodingOptions? decoding)
    {
        _files = files;
        _notes = FolderFiles.LeftOut(others) is string note ? [note] : [];
        _decoding = decoding ?? ImageDecodingOptions.Default;
        Labels = labels;
    }

    /// <inheritdoc/>
    public int Count => _files.Length;

    /// <inheritdoc/>
    public IReadOnlyList<string> Labels { get; }

    /// <inheritdoc/>
    public Shape? SampleShape => null;

    /// <inheritdoc/>
    public ImageDecodingOptions? Decoding => _decoding;

    /// <summary>Files of the folders that are not images, and the images read so far that have faults (<see cref="Image.Warnings"/>): their number and the first of them.</summary>
    public IReadOnlyList<string> Notes
    {
        get
        {
            lock (_faulty)
            {
                return _faulty.Count == 0 ? _notes
                    : [.. _notes, $"{_faulty.Count} {(_faulty.Count == 1 ? "image has a fault" : "images have faults")} that did not keep {(_faulty.Count == 1 ? "it" : "them")} from being read; the first: {_faulty.Values.First()}"];
            }
        }
    }

    /// <summary>Opens a folder with one folder of images per class, as torchvision's <c>ImageFolder</c>; classes are in the order of the folders' names.</summary>
    /// <param name="folder">The folder that contains the class folders.</param>
    /// <param name="decoding">Decoding options; note that ImageFolder itself does not apply EXIF orientation.</param>
    /// <exception cref="EspalierException">The folder does not exist, or a class folder has no images.</exception>
    public static ImageFileDataset OpenFolders(string folder, ImageDecodingOptions? decoding = null)
    {
        string[] names = ClassFolders(folder);
        FolderFiles[] found = [.. names.Select(name => ImageFiles.InFolder(Path.Combine(folder, name)).Required())];
        return new([.. found.SelectMany((files, number) => files.Images.Select(file => new ImageFile(file, number)))], [.. found.SelectMany(files => files.Others)], names, decoding);
    }

    /// <summary>Opens the given files, and the files of the given folders at any depth, ordered by name; their classes are unknown.</summary>
    /// <remarks>A path that does not exist, and a folder without images, is a sample that cannot be read, so that the others can.</remarks>
    public static ImageFileDataset OpenUnlabelled(IEnumerable<string> paths, ImageDecodingOptions? decoding = null)
    {
        ArgumentNullException.ThrowIfNull(paths);
        (List<ImageFile> files, List<string> others) = ([], []);
        foreach ((int place, string path) in paths.Index())
        {
            if (string.IsNullOrEmpty(path))
            {
                throw new ArgumentException($"The path at {place} is {(path is null ? "null" : "empty")}.", nameof(paths));
            }

            try
            {
                FolderFiles found = File.Exists(path) ? new FolderFiles(path, [path], []) : ImageFiles.InFolder(path).Required();
                files.AddRange(found.Images.Select(file => new ImageFile(file, -1)));
                others.AddRange(found.Others);
            }
            catch (EspalierException error)
            {
                files.Add(new ImageFile(path, -1) { Fault = error.Message });
            }
        }

        return new([.. files], others, [], decoding);
    }

    /// <inheritdoc/>
    public int LabelOf(int index) => _files[index].Class;

    /// <inheritdoc/>
    public string NameOf(int index) => _files[index].Path;

    /// <inheritdoc/>
    public void Read(int index, PixelBuffer pixels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ImageFile file = _files[index];
        Image image = file.Fault is null ? ImageDecoder.Decode(file.Path, _decoding) : throw new EspalierException(file.Fault);
        pixels.Set(image);
        if (image.Warnings.Count > 0)
        {
            lock (_faulty)
            {
                _faulty.TryAdd(index, image.Warnings[0]);
            }
        }
    }

    /// <summary>The names of a folder's class folders, in order.</summary>
    /// <exception cref="EspalierException">The folder does not exist or contains no folder.</exception>
    internal static string[] ClassFolders(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new EspalierException($"{folder}: no such folder");
        }

        string[] names = [.. Directory.EnumerateDirectories(folder).Select(path => Path.GetFileName(path)).Order(CodePointOrder.Instance)];
        return names.Length > 0 ? names : throw new EspalierException($"{folder}: expected one folder of images per class, found no folder");
    }

    /// <summary>One file.</summary>
    private readonly record struct ImageFile(string Path, int Class)
    {
        /// <summary>Why it is known to be unreadable, or <see langword="null"/>.</summary>
        internal string? Fault { get; init; }
    }
}
