namespace Espalier.Data;

/// <summary>Recognizes folders of images: class folders, or parts for training and validation that contain them.</summary>
internal static class ImageFolders
{
    private static readonly string[] TrainingNames = ["train", "training"];
    private static readonly string[] ValidationNames = ["val", "valid", "validation", "test", "testing"];

    /// <summary>The parts of a folder, or <see langword="null"/> if no folder in it contains an image.</summary>
    internal static DataParts? Find(string path, DataSourceOptions options) =>
        Directory.EnumerateDirectories(path).Any(HasImages) ? Parts(path, options) : null;

    /// <summary>The parts of a folder that has folders, none of which contains an image; opening them says so. <see langword="null"/> if it has no folders.</summary>
    internal static DataParts? Empty(string path, DataSourceOptions options) =>
        Directory.EnumerateDirectories(path).Any() && MisplacedData.Instead(path).Length == 0 ? Parts(path, options) : null;

    private static DataParts Parts(string path, DataSourceOptions options)
    {
        string[] folders = [.. Directory.EnumerateDirectories(path).Order(CodePointOrder.Instance)];
        string? training = Part(folders, TrainingNames), validation = Part(folders, ValidationNames);
        IDataset Open(string folder) => ImageFileDataset.OpenFolders(folder, options.Decoding);
        return training is not null
            ? new DataParts(() => Open(training), validation is null ? null : () => Open(validation)) { Classes = () => ImageFileDataset.ClassFolders(training) }
            : new DataParts(() => Open(path), null);
    }

    /// <summary>The first of the names that is a folder. A folder of images beside folders with other names is a class of that name, such as trains.</summary>
    private static string? Part(string[] folders, string[] names)
    {
        string? part = names.Select(name => Array.Find(folders, folder => NameOf(folder) == name) ?? Array.Find(folders, folder => NameOf(folder).Equals(name, StringComparison.OrdinalIgnoreCase)))
            .FirstOrDefault(folder => folder is not null);
        return part is not null && ImageFiles.Directly(part) && !folders.All(IsPartName) ? null : part;
    }

    private static bool IsPartName(string folder) => TrainingNames.Concat(ValidationNames).Contains(NameOf(folder), StringComparer.OrdinalIgnoreCase);

    private static bool HasImages(string folder) => ImageFiles.Directly(folder) || ImageFiles.InFolder(folder).Images.Count > 0;

    private static string NameOf(string folder) => Path.GetFileName(folder);
}
