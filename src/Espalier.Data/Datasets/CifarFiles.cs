namespace Espalier.Data;

/// <summary>Recognizes CIFAR's binary files, by name or by size.</summary>
internal static class CifarFiles
{
    private const string Pattern = "*.bin";

    /// <summary>The parts of a folder, or <see langword="null"/> if it has no such files.</summary>
    internal static DataParts? Find(string path)
    {
        string[] files = [.. Directory.EnumerateFiles(path, Pattern).Where(file => IsNamed(file) || CifarFile.HasSize(file)).Order(StringComparer.Ordinal)];
        string[] test = [.. files.Where(IsTest)], training = [.. files.Where(file => !IsTest(file))];
        return files.Length == 0 ? null
            : training.Length == 0 ? new DataParts(() => CifarDataset.Open(test), null)
            : new DataParts(() => CifarDataset.Open(training), test.Length == 0 ? null : () => CifarDataset.Open(test));
    }

    /// <summary>One file, which has no parts.</summary>
    internal static DataParts OfFile(string path) => new(() => CifarDataset.Open([path]), null);

    private static bool IsNamed(string file) => IsTest(file) || Path.GetFileName(file) is "train.bin" || Path.GetFileName(file).StartsWith("data_batch", StringComparison.Ordinal);

    private static bool IsTest(string file) => Path.GetFileName(file) is "test_batch.bin" or "test.bin";
}
