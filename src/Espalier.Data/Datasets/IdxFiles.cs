using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>Recognizes pairs of files <c>NAME-images-idx3-ubyte</c> and <c>NAME-labels-idx1-ubyte</c>, also with a dot before <c>idx</c>, as some archives have it, with or without <c>.gz</c>.</summary>
internal static class IdxFiles
{
    /// <summary>The parts of a folder, or <see langword="null"/> if it has no such files.</summary>
    /// <exception cref="EspalierException">A file of a pair is missing.</exception>
    internal static DataParts? Find(string path, DataSourceOptions options)
    {
        Func<IDataset>? training = Part(path, "train", options), test = Part(path, "t10k", options);
        return training is null && test is null ? null : new DataParts(training, test);
    }

    /// <summary>Whether a file has the name of one.</summary>
    internal static bool IsNamed(string file) => Path.GetFileName(file) is string name && (name.Contains("idx3-ubyte", StringComparison.Ordinal) || name.Contains("idx1-ubyte", StringComparison.Ordinal));

    private static Func<IDataset>? Part(string path, string name, DataSourceOptions options)
    {
        (string images, string classes) = ($"{name}-images", $"{name}-labels");
        return (Existing(path, images, "idx3-ubyte"), Existing(path, classes, "idx1-ubyte")) switch
        {
            (null, null) => null,
            (string pixels, string labels) => () => IdxDataset.Open(pixels, labels, IsFashion(path) ? ClassNames.Fashion : null, options.Limits),
            (string pixels, null) => throw new EspalierException($"{pixels}: the file with its labels, {classes}-idx1-ubyte, is missing"),
            (null, string labels) => throw new EspalierException($"{labels}: the file with its images, {images}-idx3-ubyte, is missing"),
        };
    }

    private static string? Existing(string path, string name, string form) =>
        new[] { $"{name}-{form}", $"{name}.{form}" }.SelectMany(file => new[] { file, $"{file}.gz" }).Select(file => Path.Combine(path, file)).FirstOrDefault(File.Exists);

    private static bool IsFashion(string path) => Path.GetFullPath(path).Contains("fashion", StringComparison.OrdinalIgnoreCase);
}
