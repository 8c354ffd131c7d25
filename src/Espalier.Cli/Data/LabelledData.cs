using System.Globalization;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Cli.Data;

/// <summary>Images with known classes: CIFAR-10 binary files, or a folder with one folder of images for each class.</summary>
internal static class LabelledData
{
    private const string CifarPattern = "*.bin";
    private const string CifarTestFile = "test_batch.bin";

    /// <summary>Finds the images.</summary>
    /// <param name="paths">CIFAR-10 files, folders of them (of which the test file is taken, if there is one), or folders with a folder for each class.</param>
    /// <param name="classes">How many classes the network tells apart.</param>
    /// <param name="labels">Their names, where known.</param>
    /// <exception cref="EspalierException">A path does not exist or holds neither.</exception>
    internal static IReadOnlyList<Sample> Find(IEnumerable<string> paths, int classes, ValueList<string> labels)
    {
        var samples = new List<Sample>();
        foreach (string path in paths)
        {
            string[] cifar = CifarFiles(path);
            samples.AddRange(cifar.Length > 0 ? cifar.SelectMany(Cifar) : Folders(path, classes, labels));
        }

        Sample? wrong = samples.Find(sample => sample.Class >= classes);
        return wrong is null ? samples : throw new EspalierException($"{wrong.Name} is of class {wrong.Class}, but the network tells only {classes} apart");
    }

    private static string[] CifarFiles(string path)
    {
        if (File.Exists(path))
        {
            return [path];
        }

        if (!Directory.Exists(path))
        {
            throw new EspalierException($"{path}: no such file or folder");
        }

        string[] files = [.. Directory.EnumerateFiles(path, CifarPattern).Order(StringComparer.Ordinal)];
        string? test = files.FirstOrDefault(file => Path.GetFileName(file) == CifarTestFile);
        return test is null ? files : [test];
    }

    private static IEnumerable<CifarSample> Cifar(string path)
    {
        CifarFile file = CifarFile.Read(path);
        return Enumerable.Range(0, file.Count).Select(i => new CifarSample(file, i));
    }

    private static IEnumerable<ImageFileSample> Folders(string path, int classes, ValueList<string> labels)
    {
        string[] folders = [.. Directory.EnumerateDirectories(path).Order(StringComparer.Ordinal)];
        if (folders.Length == 0)
        {
            throw new EspalierException($"{path}: expected CIFAR-10 binary files ({CifarPattern}) or one folder of images for each class, found neither");
        }

        Func<string, int> classOf = ClassOf([.. folders.Select(folder => Path.GetFileName(folder))], classes, labels, path);
        return folders.SelectMany(folder => ImageFiles.InFolder(folder).Select(file => new ImageFileSample(file, classOf(Path.GetFileName(folder)))));
    }

    /// <summary>A folder's class: by its name if all are labels or numbers, otherwise by its place in their order, as torchvision's ImageFolder has it.</summary>
    private static Func<string, int> ClassOf(string[] names, int classes, ValueList<string> labels, string path)
    {
        if (names.All(labels.Contains))
        {
            return name => labels.Items.IndexOf(name);
        }

        if (names.All(name => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
        {
            return name => int.Parse(name, NumberStyles.None, CultureInfo.InvariantCulture);
        }

        return names.Length == classes
            ? name => Array.IndexOf(names, name)
            : throw new EspalierException($"{path}: found {names.Length} folders, but the network tells {classes} classes apart, and the folders' names are neither its labels nor numbers");
    }
}
