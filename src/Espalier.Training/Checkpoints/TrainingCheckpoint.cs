using Espalier.Data;
using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>The complete state of a training run. A run resumed from it is bit-identical to one that was not interrupted.</summary>
/// <remarks>
/// On disk it is a model file with the newest weights, so that any reader of model files can evaluate it. The states of optimizer and extensions, the best model, position and history are
/// attached (docs/training.md lists the names). Random numbers are a function of seed and step, so the position is their whole state.
/// The file is written atomically, and its SHA-256 detects damage.
/// </remarks>
public sealed record TrainingCheckpoint
{
    /// <summary>The model with the newest weights and running statistics.</summary>
    public required Model Model { get; init; }

    /// <summary>The position of the next batch.</summary>
    public required DataPosition Position { get; init; }

    /// <summary>The records of all finished epochs.</summary>
    public required IReadOnlyList<EpochRecord> History { get; init; }

    /// <summary>The settings that the result depends on; resuming requires equal ones.</summary>
    public required ValueList<LineageSetting> Settings { get; init; }

    /// <summary>The state of the optimizer, such as momentum.</summary>
    public required StateDict Optimizer { get; init; }

    /// <summary>The states of the extensions, by the extension's name: <c>average</c> contains the averaged weights.</summary>
    public required IReadOnlyDictionary<string, StateDict> Extensions { get; init; }

    /// <summary>The best model so far and its evaluation.</summary>
    public required BestModel Best { get; init; }

    /// <summary>The sums of the current epoch.</summary>
    public required EpochTotals Totals { get; init; }

    /// <summary>Writes a file atomically: if writing fails, an existing file stays unchanged.</summary>
    /// <exception cref="EspalierException">The disk is full, or the folder is missing or not writable.</exception>
    public void Write(string path) => AtomicFile.Write(path, Write);

    /// <summary>Writes a checkpoint to a stream.</summary>
    public void Write(Stream stream) => ModelFile.Write(stream, Model, CheckpointCodec.Attach(this));

    /// <summary>Reads a checkpoint from a file.</summary>
    /// <exception cref="MalformedInputException">The file is not a checkpoint of a training run, is damaged, has a newer version, or exceeds the limits.</exception>
    /// <exception cref="EspalierException">The file cannot be opened or read.</exception>
    public static TrainingCheckpoint Read(string path, Limits? limits = null)
    {
        (Model model, ModelAttachments attachments) = ModelFile.ReadAttached(path, limits);
        return CheckpointCodec.Detach(model, attachments, Path.GetFileName(path));
    }

    /// <summary>Reads a checkpoint from the bytes of a file.</summary>
    /// <param name="bytes">All bytes of the file.</param>
    /// <param name="name">The name of the file in error messages.</param>
    /// <param name="limits">Limits on file and tensor sizes; <see langword="null"/> for the defaults.</param>
    /// <exception cref="MalformedInputException">The bytes are not a checkpoint of a training run, are damaged, have a newer version, or exceed the limits.</exception>
    public static TrainingCheckpoint Read(ReadOnlyMemory<byte> bytes, string name, Limits? limits = null)
    {
        (Model model, ModelAttachments attachments) = ModelFile.ReadAttached(bytes, name, limits);
        return CheckpointCodec.Detach(model, attachments, name);
    }
}
