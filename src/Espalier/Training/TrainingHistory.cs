using Espalier.Tensors;
using Espalier.Training;

namespace Espalier;

/// <summary>The history of finished epochs that a training has written.</summary>
public static class TrainingHistory
{
    /// <summary>Reads the history of a training.</summary>
    /// <param name="path">The folder of the training, or its file <c>history.csv</c>.</param>
    /// <returns>A record for each epoch, in the order of the file. The file's seconds have three digits after the point, and its images per second one.</returns>
    /// <exception cref="EspalierException">The file does not exist, or a line is no record of an epoch; the message names it.</exception>
    public static IReadOnlyList<EpochRecord> Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return HistoryCsv.Read(Directory.Exists(path) ? new TrainingFolder(path).Table : path);
    }

    /// <summary>The history beside the model that a training has written, or an empty list: that of a file with another name may be of another model.</summary>
    /// <param name="model">The path of a model file.</param>
    /// <exception cref="EspalierException">There is a history, and a line of it is no record of an epoch.</exception>
    internal static IReadOnlyList<EpochRecord> Beside(string model)
    {
        var folder = new TrainingFolder(Path.GetDirectoryName(Path.GetFullPath(model))!);
        return Path.GetFileName(model) == Path.GetFileName(folder.Model) && File.Exists(model) && File.Exists(folder.Table) ? HistoryCsv.Read(folder.Table) : [];
    }
}
