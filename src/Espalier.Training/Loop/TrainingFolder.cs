using Espalier.Formats;
using Microsoft.Win32.SafeHandles;

namespace Espalier.Training;

/// <summary>The folder of one training: its checkpoint, its result, its history as a table, a picture and TensorBoard's events.</summary>
/// <param name="path">The folder; made when something is written.</param>
public sealed class TrainingFolder(string path) : IDisposable
{
    private EventFile? _events;
    private SafeFileHandle? _lock;

    /// <summary>The folder.</summary>
    public string Path { get; } = path;

    /// <summary>The file to resume from.</summary>
    public string Checkpoint => System.IO.Path.Combine(Path, "checkpoint.espalier");

    /// <summary>The file of the result.</summary>
    public string Model => System.IO.Path.Combine(Path, "model.espalier");

    /// <summary>The history as comma-separated values.</summary>
    public string Table => System.IO.Path.Combine(Path, "history.csv");

    /// <summary>The history as curves.</summary>
    public string Curves => System.IO.Path.Combine(Path, "curves.svg");

    /// <summary>Makes the folder and keeps other trainings out of it until this is disposed of or the process ends, however it ends.</summary>
    /// <exception cref="Espalier.Tensors.EspalierException">Another training is under way there, or the folder cannot be made or written to.</exception>
    public void Lock() => _lock ??= FolderLock.Take(Path);

    /// <summary>Makes the folder, locks it, takes away what a killed writer has left half done, and brings history and curves to where the training stands.</summary>
    /// <param name="step">The steps that the training has done.</param>
    /// <param name="history">The epochs that it has finished.</param>
    /// <exception cref="Espalier.Tensors.EspalierException">Another training is under way there, or the folder cannot be made or written to.</exception>
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

    /// <summary>Adds a batch to TensorBoard's events.</summary>
    public void Add(in TrainingProgress progress) =>
        _events?.Add(progress.Step, ("batch/loss", progress.BatchLoss), ("batch/learning_rate", progress.LearningRate));

    /// <summary>Adds an epoch everywhere.</summary>
    /// <param name="history">All epochs, the new one last.</param>
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
