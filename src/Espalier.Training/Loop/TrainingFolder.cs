using Espalier.Tensors;
using Microsoft.Win32.SafeHandles;

namespace Espalier.Training;

/// <summary>The folder of a training run: its checkpoint, its result, and its history as a CSV file, an SVG picture and TensorBoard event files.</summary>
/// <param name="path">The path of the folder; it is created by <see cref="Open"/> or <see cref="Lock"/>.</param>
public sealed class TrainingFolder(string path) : IDisposable
{
    private EventFile? _events;
    private SafeFileHandle? _lock;

    /// <summary>The path of the folder.</summary>
    public string Path { get; } = path;

    /// <summary>The path of the checkpoint to resume from, <c>checkpoint.espalier</c>.</summary>
    public string Checkpoint => System.IO.Path.Combine(Path, "checkpoint.espalier");

    /// <summary>The path of the resulting model, <c>model.espalier</c>.</summary>
    public string Model => System.IO.Path.Combine(Path, "model.espalier");

    /// <summary>The path of the history as a CSV file, <c>history.csv</c>.</summary>
    public string Table => System.IO.Path.Combine(Path, "history.csv");

    /// <summary>The path of the history's curves as an SVG file, <c>curves.svg</c>.</summary>
    public string Curves => System.IO.Path.Combine(Path, "curves.svg");

    /// <summary>Creates the folder and locks it against other training runs until this object is disposed or the process ends.</summary>
    /// <exception cref="EspalierException">Another training run holds the lock, or the folder cannot be created or written to.</exception>
    public void Lock() => _lock ??= FolderLock.Take(Path);

    /// <summary>Creates and locks the folder, deletes temporary files of interrupted writers, and writes history and curves of the finished epochs.</summary>
    /// <param name="step">The number of steps done.</param>
    /// <param name="history">The records of the finished epochs.</param>
    /// <exception cref="EspalierException">Another training run holds the lock, or the folder cannot be created or written to.</exception>
    public void Open(long step, IReadOnlyCollection<EpochRecord> history)
    {
        ArgumentNullException.ThrowIfNull(history);
        Lock();
        _events?.Dispose();
        _events = new EventFile(Path, step);
        foreach (string file in (ReadOnlySpan<string>)[Checkpoint, Model, Table, Curves])
        {
            AtomicFile.DeleteDrafts(file);
        }

        if (history.Count > 0)
        {
            WriteHistory(history);
        }
    }

    /// <summary>Adds loss and learning rate of a step to the TensorBoard events.</summary>
    public void Add(in TrainingProgress progress) =>
        _events?.Add(progress.Step, ("batch/loss", progress.BatchLoss), ("batch/learning_rate", progress.LearningRate));

    /// <summary>Adds an epoch to the CSV file, the curves and the TensorBoard events.</summary>
    /// <param name="history">The records of all epochs, the new one last.</param>
    public void Add(IReadOnlyCollection<EpochRecord> history)
    {
        ArgumentNullException.ThrowIfNull(history);
        EpochRecord last = history.Last();
        _events?.Add(last.Step, ("train/loss", last.TrainingLoss), ("train/accuracy", last.TrainingAccuracy), ("images_per_second", last.ImagesPerSecond));
        if (last.Validated)
        {
            _events?.Add(last.Step, ("validation/loss", last.ValidationLoss), ("validation/accuracy", last.ValidationAccuracy));
        }

        WriteHistory(history);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _events?.Dispose();
        _lock?.Dispose();
    }

    private void WriteHistory(IReadOnlyCollection<EpochRecord> history)
    {
        HistoryCsv.Write(Table, history);
        ChartDrawing.Write(Curves, Chart.Of(history));
    }
}
