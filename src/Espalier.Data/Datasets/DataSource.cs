using Espalier.Imaging;
using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>Opens data sets; the kind is determined by the content of a path.</summary>
public static class DataSource
{
    /// <summary>The name that selects the generated data set instead of a path.</summary>
    public const string Generated = "shapes";

    private const string CifarPattern = "*.bin";
    private const string Training = "train";
    private static readonly string[] ValidationFolders = ["val", "valid", "validation", "test"];

    /// <summary>Opens data to train on.</summary>
    /// <param name="path">
    /// <see cref="Generated"/>; or a folder with the binary files of CIFAR-10 or CIFAR-100, with the idx files of MNIST or Fashion-MNIST (which
    /// only the folder's name distinguishes), with folders <c>train</c> and <c>val</c> that contain one folder of images per class, or with such class folders
    /// directly; or one CIFAR file.
    /// </param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <exception cref="EspalierException">The path does not exist, cannot be read, contains none of these, or a file is damaged.</exception>
    public static TrainingData Open(string path, DataSourceOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        DataSourceOptions how = options ?? DataSourceOptions.Default;
        return path == Generated ? GeneratedShapes.TrainingData(how) : FileErrors.ReadFolder(path, () => OpenFiles(path, how));
    }

    /// <summary>Opens data to evaluate on: the validation or test part if the data has several parts.</summary>
    /// <param name="path">As in <see cref="Open"/>.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <returns>The data with its own classes; <see cref="OutputClasses.Match(IDataset, ClassRule)"/> maps them to a network's outputs.</returns>
    /// <exception cref="EspalierException">The path does not exist, cannot be read or contains no such data.</exception>
    public static IDataset OpenForEvaluation(string path, DataSourceOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        DataSourceOptions how = options ?? DataSourceOptions.Default;
        return path == Generated ? GeneratedShapes.TrainingData(how).Validation : FileErrors.ReadFolder(path, () => OpenFilesForEvaluation(path, how));
    }

    private static TrainingData OpenFiles(string path, DataSourceOptions how)
    {
        if (File.Exists(path))
        {
            return Split(CifarDataset.Open([path]), how);
        }

        RequireFolder(path);
        return Cifar(path, how) ?? Idx(path, how) ?? Folders(path, how);
    }

    private static IDataset OpenFilesForEvaluation(string path, DataSourceOptions how)
    {
        if (File.Exists(path))
        {
            return CifarDataset.Open([path]);
        }

        RequireFolder(path);
        string[] cifar = [.. Directory.EnumerateFiles(path, CifarPattern).Order(StringComparer.Ordinal)];
        if (cifar.Length > 0)
        {
            string? test = Array.Find(cifar, IsCifarTest);
            return CifarDataset.Open(test is null ? cifar : [test]);
        }

        return IdxPart(path, "t10k", how) ?? Measured(path, how);
    }

    private static TrainingData? Cifar(string path, DataSourceOptions options)
    {
        string[] files = [.. Directory.EnumerateFiles(path, CifarPattern).Order(StringComparer.Ordinal)];
        string[] test = [.. files.Where(IsCifarTest)], training = [.. files.Where(file => !IsCifarTest(file))];
        return training.Length == 0 ? test.Length == 0 ? null : Split(CifarDataset.Open(test), options)
            : test.Length == 0 ? Split(CifarDataset.Open(training), options)
            : Matched(path, CifarDataset.Open(training), CifarDataset.Open(test));
    }

    private static TrainingData? Idx(string path, DataSourceOptions options) =>
        IdxPart(path, "train", options) is not IdxDataset training ? null
        : IdxPart(path, "t10k", options) is IdxDataset test ? Matched(path, training, test)
        : Split(training, options);

    private static TrainingData Folders(string path, DataSourceOptions options)
    {
        string train = Path.Combine(path, Training);
        if (!Directory.Exists(train))
        {
            return Directory.EnumerateDirectories(path).Any()
                ? Split(ImageFileDataset.OpenFolders(path, Decoding(options)), options)
                : throw new EspalierException($"{path}: expected CIFAR or MNIST files or one folder of images per class, found neither");
        }

        IDataset training = ImageFileDataset.OpenFolders(train, Decoding(options));
        return ValidationFolder(path) is string validation
            ? Matched(path, training, ImageFileDataset.OpenFolders(validation, Decoding(options)))
            : Split(training, options);
    }

    /// <summary>Class folders for evaluation, with the classes of the training part if there is one.</summary>
    private static IDataset Measured(string path, DataSourceOptions options)
    {
        if (ValidationFolder(path) is not string validation)
        {
            return ImageFileDataset.OpenFolders(path, Decoding(options));
        }

        return Matched(path, ImageFileDataset.ClassFolders(Path.Combine(path, Training)), ImageFileDataset.OpenFolders(validation, Decoding(options)));
    }

    private static TrainingData Matched(string path, IDataset training, IDataset validation)
    {
        MatchedDataset matched = Matched(path, training.Labels, validation);
        return new TrainingData(training, matched) { Note = matched.Note };
    }

    /// <summary>Validation images with the classes of the training images; some classes may be missing.</summary>
    private static MatchedDataset Matched(string path, IReadOnlyList<string> classes, IDataset validation)
    {
        var outputs = new OutputClasses(classes, classes.Count) { Owner = "the training data" };
        try
        {
            return new MatchedDataset(validation, outputs.Match(validation.Labels, source: "the validation data"));
        }
        catch (ClassMismatchException error)
        {
            throw new ClassMismatchException($"{path}: {error.Message}");
        }
    }

    private static TrainingData Split(IDataset all, DataSourceOptions options)
    {
        if (all.Count < 2)
        {
            throw new EspalierException($"{all.NameOf(0)} is the only sample; training and validation need at least one each");
        }

        (Subset training, Subset validation) = Subset.Split(all, options.ValidationShare, options.Seed);
        return new TrainingData(training, validation);
    }

    /// <summary>The pair of files <c>NAME-images-idx3-ubyte</c> and <c>NAME-labels-idx1-ubyte</c>, with or without <c>.gz</c>.</summary>
    private static IdxDataset? IdxPart(string path, string name, DataSourceOptions options)
    {
        string? images = Existing($"{name}-images-idx3-ubyte"), classes = Existing($"{name}-labels-idx1-ubyte");
        bool fashion = Path.GetFullPath(path).Contains("fashion", StringComparison.OrdinalIgnoreCase);
        return images is null || classes is null ? null : IdxDataset.Open(images, classes, fashion ? ClassNames.Fashion : null, options.Limits);

        string? Existing(string file) => new[] { file, file + ".gz" }.Select(candidate => Path.Combine(path, candidate)).FirstOrDefault(File.Exists);
    }

    private static string? ValidationFolder(string path) =>
        Directory.Exists(Path.Combine(path, Training)) ? ValidationFolders.Select(name => Path.Combine(path, name)).FirstOrDefault(Directory.Exists) : null;

    private static ImageDecodingOptions Decoding(DataSourceOptions options) => ImageDecodingOptions.Default with { Limits = options.Limits };

    private static bool IsCifarTest(string file) => Path.GetFileName(file) is "test_batch.bin" or "test.bin";

    private static void RequireFolder(string path)
    {
        if (!Directory.Exists(path))
        {
            throw new EspalierException($"{path}: no such file or folder");
        }
    }
}
