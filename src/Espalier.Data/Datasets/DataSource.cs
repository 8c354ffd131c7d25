using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>Opens data sets; the kind is determined by the content of a path.</summary>
public static class DataSource
{
    /// <summary>The name that selects the generated data set instead of a path.</summary>
    public const string Generated = "shapes";

    /// <summary>Opens data to train on.</summary>
    /// <param name="path">
    /// <see cref="Generated"/>; or a folder with folders <c>train</c> and <c>val</c> that contain one folder of images per class, or with such class folders
    /// directly, with the binary files of CIFAR-10 or CIFAR-100, or with the idx files of MNIST or Fashion-MNIST (which
    /// only the folder's name distinguishes); or one CIFAR file. A folder with folders of images is never taken for one of CIFAR or MNIST.
    /// </param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <exception cref="EspalierException">The path does not exist, contains none of these, has only one class, or a file is damaged.</exception>
    public static TrainingData Open(string path, DataSourceOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        DataSourceOptions how = options ?? DataSourceOptions.Default;
        if (path == Generated)
        {
            return GeneratedShapes.TrainingData(how);
        }

        (IDataset training, IDataset? validation) = Parts(path, how).ForTraining();
        TrainingData? parts = validation is null ? null : Matched(path, training, validation);
        return training.Labels.Count == 1 ? throw new EspalierException(MisplacedData.OneClass(path, training.Labels[0])) : parts ?? Split(training, how);
    }

    /// <summary>Opens data by its parts: what there is to train on, or all of the data if it has no parts; and what there is to validate or test on, or <see langword="null"/>. Nothing is held back, and one class suffices.</summary>
    /// <param name="path">As in <see cref="Open"/>.</param>
    /// <param name="options">Options.</param>
    /// <exception cref="EspalierException">As for <see cref="Open"/>.</exception>
    internal static (IDataset Training, IDataset? Validation) OpenParts(string path, DataSourceOptions options)
    {
        if (path == Generated)
        {
            TrainingData generated = GeneratedShapes.TrainingData(options);
            return (generated.Training, generated.Validation);
        }

        (IDataset training, IDataset? validation) = Parts(path, options).ForTraining();
        return (training, validation is null ? null : Matched(path, training.Labels, validation));
    }

    /// <summary>Opens data to evaluate on: the validation or test part if the data has several parts.</summary>
    /// <param name="path">As in <see cref="Open"/>.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <returns>The data with its own classes; <see cref="OutputClasses.Match(IDataset, ClassRule)"/> maps them to a network's outputs.</returns>
    /// <exception cref="EspalierException">The path does not exist or contains no such data.</exception>
    public static IDataset OpenForEvaluation(string path, DataSourceOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        DataSourceOptions how = options ?? DataSourceOptions.Default;
        if (path == Generated)
        {
            return GeneratedShapes.TrainingData(how).Validation;
        }

        (IDataset data, IReadOnlyList<string>? classes) = Parts(path, how).ForEvaluation();
        return classes is null ? data : Matched(path, classes, data);
    }

    /// <summary>The parts of the data in a file or folder. Folders of images come first, because small files of any content may lie beside them.</summary>
    private static DataParts Parts(string path, DataSourceOptions options)
    {
        if (File.Exists(path))
        {
            return CifarFiles.OfFile(path);
        }

        if (!Directory.Exists(path))
        {
            throw new EspalierException($"{path}: no such file or folder");
        }

        return FileErrors.ReadFolder(path, () =>
            ImageFolders.Find(path, options) ?? CifarFiles.Find(path) ?? IdxFiles.Find(path, options) ?? ImageFolders.Empty(path, options)
                ?? throw new EspalierException($"{path}: expected one folder of images per class or CIFAR or MNIST files, found neither{MisplacedData.Instead(path)}"));
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

        (Subset training, Subset validation) = Subset.Split(all, options.ValidationShare, options.Seed, options.Stratified);
        return new TrainingData(training, validation);
    }
}
